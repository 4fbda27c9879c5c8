using System.Text.Json;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Kills the command in the middle of a document, as a power cut would, and starts it again.</summary>
public sealed class KilledIngestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Compress_KilledAndStartedAgain_EndsAsIfItHadRunThrough() => KillAsync([10]);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Compress_Killed60Times_EndsAsIfItHadRunThrough() =>
        KillAsync([.. Enumerable.Range(0, SlowCount.Of(60)).Select(round => 1 + (7 * round % 19))]);

    /// <summary>Kills one run after so many segments, each time in a new index.</summary>
    private async Task KillAsync(int[] afterSegments)
    {
        ModelFolders.MakeRandom(_folder.PathOf("model"), window: 2048);
        File.WriteAllText(
            _folder.PathOf("log.txt"),
            string.Concat(Enumerable.Range(0, 120).Select(day => $"Day {day}: the captain saw a storm. ")));

        JsonElement whole = await CompressAsync("whole.db");
        int segments = whole.GetProperty("segments").GetInt32();
        Assert.Equal(segments, whole.GetProperty("segments_compressed").GetInt32());
        byte[] expected = await PayloadAsync("whole.db");
        foreach ((int round, int after) in afterSegments.Index())
        {
            string index = $"killed{round}.db";
            await KilledChild.RunAsync([.. Arguments(index), "--verbose"], "is kept", times: after);
            DocumentRecord? half = await FindAsync(index);
            JsonElement resumed = await CompressAsync(index);

            // What the log said was kept is not compressed again; one more segment may have been kept before the blow fell.
            Assert.Null(half);
            Assert.InRange(resumed.GetProperty("segments_compressed").GetInt32(), 1, segments - after);
            Assert.Equal(expected, await PayloadAsync(index));
        }
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
