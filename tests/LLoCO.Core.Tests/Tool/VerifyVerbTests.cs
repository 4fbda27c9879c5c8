using System.Text.Json;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Verification;

namespace LLoCO.Core.Tests.Tool;

public sealed class VerifyVerbTests
{
    [Fact]
    public async Task Verify_CasesAndAFileBesideThem_GivesTheKeysThatScriptsRead()
    {
        ToolRun run = await ToolRun.OfAsync(
            "verify", Goldens.Path("c_rope"), Goldens.Path("c_rope", "TENSORS.md"), "--json");

        Assert.Equal(0, run.Code);
        Assert.Contains("TENSORS.md is a file", run.Error, StringComparison.Ordinal);
        Assert.All(run.Json, row =>
        {
            Assert.Equal("c_rope", row.GetProperty("case").GetString());
            Assert.True(row.GetProperty("ok").GetBoolean());
            Assert.True(row.GetProperty("compared").GetInt64() > 0);
            Assert.True(row.GetProperty("max_abs_diff").GetDouble() <= row.GetProperty("tolerance").GetDouble());
        });
        Assert.Contains(run.Json, row => row.GetProperty("kind").GetString() == "sft.gradient");
    }

    [Fact]
    public async Task Verify_ADifferentNumber_FailsByNameAndVerifiesTheOtherCases()
    {
        using var copy = new GoldenCopy("c_rope");
        copy.ChangeNumber("goldens.safetensors", "prompt.with_softprompt.base.prefill_logits");
        using var broken = new GoldenCopy("c_rope");
        File.Delete(broken.PathOf("goldens.safetensors"));

        ToolRun run = await ToolRun.OfAsync("verify", broken.Folder, copy.Folder, "--json");

        Assert.Equal(1, run.Code);
        JsonElement[] failed = [.. run.Json.Where(row => !row.GetProperty("ok").GetBoolean())];
        Assert.Equal(2, failed.Length);
        Assert.Contains("goldens.safetensors", failed[0].GetProperty("failures")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("prompt.prefill_logits", failed[1].GetProperty("kind").GetString());
        Assert.StartsWith(
            "prompt.with_softprompt.base.prefill_logits", failed[1].GetProperty("failures")[0].GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FolderOfCases_FindsThem()
    {
        using var copy = new GoldenCopy("c_rope");
        DirectoryInfo parent = Directory.CreateTempSubdirectory("lloco-cases-");
        Directory.Move(copy.Folder, Path.Combine(parent.FullName, "one"));
        try
        {
            ToolRun run = await ToolRun.OfAsync("verify", parent.FullName, "--json");

            Assert.Equal(0, run.Code);
            Assert.All(run.Json, row => Assert.Equal("c_rope", row.GetProperty("case").GetString()));
        }
        finally
        {
            Directory.Move(Path.Combine(parent.FullName, "one"), copy.Folder);
            parent.Delete();
        }
    }

    [Fact]
    public async Task Verify_NoFolder_IsWrongUsage()
    {
        ToolRun run = await ToolRun.OfAsync("verify", Goldens.Path("c_rope", "TENSORS.md"));

        Assert.Equal(2, run.Code);
    }
}
