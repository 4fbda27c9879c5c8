using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class UsageTests
{
    [Theory]
    [InlineData]
    [InlineData("dance")]
    [InlineData("ask")]
    [InlineData("ask", "why", "--index")]
    [InlineData("score", "--metric", "beauty")]
    [InlineData("ask", "why", "--index", "x", "--precision", "Float7")]
    [InlineData("eval", "--data", "x", "--mode", "magic")]
    [InlineData("eval", "--data", "x", "--mode", "none", "--limit", "0")]
    [InlineData("eval", "--data", "x", "--mode", "none", "--max-new-tokens", "0")]
    [InlineData("ask", "why", "--index", "x", "--max-new-tokens", "-1")]
    [InlineData("ask", "why", "--index", "x", "--top-k", "0")]
    [InlineData("ask", "why", "--index", "x", "--top-k", "abc")]
    [InlineData("synth", "--out", "x", "--seed", "abc")]
    [InlineData("synth", "--out", "x", "--seed", "99999999999")]
    [InlineData("ask", " ", "--index", "x")]
    [InlineData("compress", "x", "--index", "")]
    [InlineData("verify", "")]
    [InlineData("finetune", "--index", "x", "--out", "y")]
    [InlineData("finetune", "--index", "x", "--out", "y", "--self-study", "--data", "z")]
    [InlineData("finetune", "--index", "x", "--out", "y", "--self-study", "--each-group")]
    [InlineData("finetune", "--index", "x", "--out", "y", "--data", "z", "--distractors", "-1")]
    public async Task Run_WrongUsage_EndsWithTwoAndSaysWhy(params string[] args)
    {
        ToolRun run = await ToolRun.OfAsync(args);

        Assert.Equal((2, string.Empty), (run.Code, run.Output));
        Assert.NotEmpty(run.Error);
    }

    [Fact]
    public async Task Run_Help_ListsTheVerbs()
    {
        ToolRun run = await ToolRun.OfAsync("--help");

        Assert.Equal(0, run.Code);
        Assert.All(
            ["ask", "compress", "eval", "inspect", "score", "tokenize"],
            verb => Assert.Contains(verb, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_UserError_IsOneLineWithoutStack()
    {
        ToolRun run = await ToolRun.OfAsync("inspect", "/nowhere/at/all");

        Assert.Equal((1, "", "lloco: '/nowhere/at/all' does not exist.\n"), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public async Task Run_UserErrorVerbose_ShowsTheStack()
    {
        ToolRun run = await ToolRun.OfAsync("inspect", "/nowhere/at/all", "--verbose");

        Assert.Equal(1, run.Code);
        Assert.Contains("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnknownDevice_IsWrongUsage()
    {
        ToolRun run = await ToolRun.OfAsync("compress", ".", "--index", "x", "--device", "toaster");

        Assert.Equal(2, run.Code);
        Assert.Contains("toaster", run.Error, StringComparison.Ordinal);
    }
}
