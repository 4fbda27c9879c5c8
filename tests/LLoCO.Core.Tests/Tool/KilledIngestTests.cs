using System.Diagnostics;
using System.Text.Json;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Kills the command in the middle of a document, as a power cut would, and starts it again.</summary>
public sealed class KilledIngestTests : IDisposable
{
    private const int KillAfter = 10;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compress_KilledAndStartedAgain_EndsAsIfItHadRunThrough()
    {
        ModelFolders.MakeRandom(_folder.PathOf("model"), window: 2048);
        File.WriteAllText(
            _folder.PathOf("log.txt"),
            string.Concat(Enumerable.Range(0, 120).Select(day => $"Day {day}: the captain saw a storm. ")));

        int kept = await CompressUntilKilledAsync("killed.db");
        DocumentRecord? half = await FindAsync("killed.db");
        JsonElement resumed = await CompressAsync("killed.db");
        JsonElement whole = await CompressAsync("whole.db");

        Assert.Null(half);
        int segments = whole.GetProperty("segments").GetInt32();
        Assert.Equal(segments, whole.GetProperty("segments_compressed").GetInt32());

        // What the log said was kept is not compressed again; one more segment may have been kept before the blow fell.
        Assert.InRange(resumed.GetProperty("segments_compressed").GetInt32(), 1, segments - kept);
        Assert.Equal(await PayloadAsync("whole.db"), await PayloadAsync("killed.db"));
    }

    private async Task<int> CompressUntilKilledAsync(string index)
    {
        string[] arguments = [typeof(LlocoTool).Assembly.Location, .. Arguments(index), "--verbose"];
        var start = new ProcessStartInfo(ChildProcess.DotNet, arguments) { RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using Process child = Process.Start(start)!;
        int kept = 0;
        while (kept < KillAfter && await child.StandardError.ReadLineAsync(Token) is { } line)
        {
            kept += line.Contains("is kept", StringComparison.Ordinal) ? 1 : 0;
        }

        child.Kill();
        await child.WaitForExitAsync(Token);
        Assert.Equal(KillAfter, kept);
        return kept;
    }

    private async Task<JsonElement> CompressAsync(string index)
    {
        ToolRun run = await ToolRun.OfAsync([.. Arguments(index), "--json"]);
        Assert.Equal((0, string.Empty), (run.Code, run.Error));
        return Assert.Single(run.Json);
    }

    private string[] Arguments(string index) =>
        ["compress", _folder.PathOf("log.txt"), "--index", _folder.PathOf(index), "--model", _folder.PathOf("model")];

    private async Task<DocumentRecord?> FindAsync(string index)
    {
        await using SqliteRetrievalIndex opened = SqliteRetrievalIndex.Open(_folder.PathOf(index));
        return await opened.FindAsync("log.txt", Token);
    }

    private async Task<byte[]> PayloadAsync(string index)
    {
        await using SqliteRetrievalIndex opened = SqliteRetrievalIndex.Open(_folder.PathOf(index));
        SummaryEmbeddings? summary = await opened.LoadSummaryAsync("log.txt", Token);
        return summary!.Payload.ToArray();
    }
}
