using System.Text.Json;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary><c>lloco compress --prefill</c>, and questions that start from what it left.</summary>
public sealed class PrefillVerbTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private static readonly DateTime Yesterday = DateTime.UtcNow.AddDays(-1);
    private readonly TemporaryFolder _folder = new();

    private string Prefixes => _folder.PathOf("prefixes");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compress_Prefill_LeavesStatesThatTheNextQuestionReads()
    {
        string index = _folder.PathOf("index.db");
        ToolRun plain = await RunAsync("ask", "captain storm", "--index", await CompressAsync(index), "--max-new-tokens", "5", "--json");
        ToolRun compress = await RunAsync(
            "compress", _folder.PathOf("log.txt"), "--index", index, "--group", "ship", "--prefill", "--prefix-folder", Prefixes, "--json");

        JsonElement line = Assert.Single(compress.Json);
        Assert.Equal(
            ("unchanged", "computed", "ship"),
            (line.GetProperty("outcome").GetString(), line.GetProperty("prefill").GetString(),
                line.GetProperty("prefill_adapter").GetString()));
        Assert.True(line.GetProperty("seconds_prefill").GetDouble() > 0);
        string file = Assert.Single(Directory.GetFiles(Prefixes));
        byte[] states = File.ReadAllBytes(file);
        File.SetLastWriteTimeUtc(file, Yesterday);

        ToolRun ask = await RunAsync(
            "ask", "captain storm", "--index", index, "--max-new-tokens", "5", "--prefix-folder", Prefixes, "--json");

        Assert.Equal(plain.Json[0].GetProperty("answer").GetString(), ask.Json[0].GetProperty("answer").GetString());
        Assert.Equal(states, File.ReadAllBytes(Assert.Single(Directory.GetFiles(Prefixes))));

        // Reading a file dates it, which is how room is made later; writing it would have replaced it.
        Assert.True(File.GetLastWriteTimeUtc(file) > Yesterday.AddHours(1));
    }

    [Theory]
    [InlineData("--prefill")]
    [InlineData("--prefix-folder", "states")]
    [InlineData("--adapter", "ship")]
    public async Task Compress_OptionsThatGoTogether_AreWrongUsageAlone(params string[] options)
    {
        File.WriteAllText(_folder.PathOf("log.txt"), "The captain saw the storm.");

        ToolRun run = await RunAsync(
            ["compress", _folder.PathOf("log.txt"), "--index", _folder.PathOf("index.db"), .. options]);

        Assert.Equal(2, run.Code);
        Assert.Contains("go together", run.Error, StringComparison.Ordinal);
    }

    private async Task<string> CompressAsync(string index)
    {
        File.WriteAllText(_folder.PathOf("log.txt"), "The captain saw the storm. The captain saw the storm again near the cape.");
        ToolRun run = await RunAsync("compress", _folder.PathOf("log.txt"), "--index", index, "--group", "ship");
        Assert.Equal(0, run.Code);
        return index;
    }

    private Task<ToolRun> RunAsync(params string[] args) => ToolRun.OfAsync([.. args, "--model", model.Folder]);
}
