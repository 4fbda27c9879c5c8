using System.Text.Json;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>What <c>compress</c> and <c>ask</c> say of a document that is none of the model's.</summary>
public sealed class AskWarningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Index => _folder.PathOf("foreign.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ask_ForeignDocument_WarnsInTextAndJsonAndIsNotSure()
    {
        string story = Path.Combine(RepositoryFiles.Root, "training/foreign/report/story.txt");

        ToolRun compressed = await ToolRun.OfAsync("compress", story, "--index", Index, "--fidelity");
        ToolRun again = await ToolRun.OfAsync("compress", story, "--index", Index, "--json");
        ToolRun text = await ToolRun.OfAsync("ask", "Who rented boats?", "--index", Index, "--max-new-tokens", "4", "--expand", "auto");
        JsonElement json = Assert.Single((await ToolRun.OfAsync(
            "ask", "Who rented boats?", "--index", Index, "--max-new-tokens", "4", "--json")).Json);

        Assert.Contains("WARNING: no adapter was trained for documents of the group 'default'", compressed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("0.0 % (0.0 % of 0 probes", compressed.Output, StringComparison.Ordinal);
        Assert.Contains("'default'", Assert.Single(again.Json).GetProperty("warning").GetString(), StringComparison.Ordinal);
        Assert.Contains("WARNING: no adapter was trained", text.Output, StringComparison.Ordinal);
        Assert.Contains("sure:    not known", text.Output, StringComparison.Ordinal);
        Assert.Contains("'default'", json.GetProperty("warning").GetString(), StringComparison.Ordinal);
        JsonElement grounding = json.GetProperty("grounding");
        Assert.Equal(JsonValueKind.Null, grounding.GetProperty("probability").ValueKind);
    }

    [Fact]
    public async Task Ask_DoubtRefuse_FailsWithTheReason()
    {
        string story = Path.Combine(RepositoryFiles.Root, "training/foreign/report/recipe.txt");
        await ToolRun.OfAsync("compress", story, "--index", Index, "--group", "ship");

        ToolRun refused = await ToolRun.OfAsync("ask", "What is thrown to the cat?", "--index", Index, "--doubt", "refuse");
        ToolRun wrong = await ToolRun.OfAsync("ask", "What?", "--index", Index, "--doubt", "handover");

        Assert.Equal((1, string.Empty), (refused.Code, refused.Output));
        Assert.Contains("none that documents of 'ship' use", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, wrong.Code);
    }
}
