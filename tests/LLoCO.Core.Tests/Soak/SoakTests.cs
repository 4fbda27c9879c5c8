using System.Diagnostics;
using System.Globalization;
using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Soak;

/// <summary>A pipeline that is asked for a night, cancelled thousands of times and shared by tenants answers as it did in its
/// first minute. A small model with random weights: its answers mean nothing and must not change.</summary>
public sealed class SoakTests : IDisposable
{
    private const int AtOnce = 8;

    /// <summary>What caches may take that fill in the course of the run; a leak of 2 kB for each answer takes more.</summary>
    private const long MaxGrowth = 300L << 20;

    private static readonly string[] Groups = ["ship", "town", "sky"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Ask_ManyTimes_AnswersTheSame() => AskAgainAndAgainAsync(60);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Ask_200000Times_AnswersTheSameInTheSameMemory() => AskAgainAndAgainAsync(SlowCount.Of(200_000));

    [Fact]
    public Task Cancel_SomeAsks_LeavesTheOthersAlone() => CancelAsync(30);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Cancel_2000Asks_LeavesTheOthersAlone() => CancelAsync(SlowCount.Of(2000));

    [Fact]
    public Task Ask_AcrossTenants_SeesOnlyTheOwnGroup() => AskAcrossTenantsAsync(20);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Ask_400TimesAcrossTenants_SeesOnlyTheOwnGroup() => AskAcrossTenantsAsync(SlowCount.Of(400));

    private async Task AskAgainAndAgainAsync(int count)
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        Dictionary<(string, int), string> expected = [];
        foreach (string group in Groups)
        {
            for (int question = 0; question < AtOnce; question++)
            {
                expected[(group, question)] = await AskAsync(pipeline, group, question, Token);
            }
        }

        TimeSpan longest = SlowCount.Longest;
        var clock = Stopwatch.StartNew();
        long before = Memory();
        int asked = 0;
        while (asked < count && clock.Elapsed < longest)
        {
            string group = Groups[asked / AtOnce % Groups.Length];
            string[] answers = await Task.WhenAll(
                Enumerable.Range(0, AtOnce).Select(question => AskAsync(pipeline, group, question, Token)));
            Assert.Equal(Enumerable.Range(0, AtOnce).Select(question => expected[(group, question)]), answers);
            asked += AtOnce;
            if (asked <= count / 10)
            {
                before = Memory();
            }
        }

        long growth = Memory() - before;
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{asked} answers of {count}; memory grew by {growth >> 20} MiB"));
        Assert.True(asked < 1000 || growth < MaxGrowth, $"Memory grew by {growth} bytes in {asked} answers.");
    }

    private async Task CancelAsync(int count)
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        string expected = await AskAsync(pipeline, Groups[0], 1, Token);
        var random = new Numerics.SeededRandom(7);
        int cancelled = 0;
        int done = 0;
        TimeSpan longest = SlowCount.Longest;
        var clock = Stopwatch.StartNew();
        for (; (done < count || cancelled == 0) && clock.Elapsed < longest; done += AtOnce)
        {
            // One more than these eight is left alone. A word that comes after the answer cancels nothing, and on a busy machine all may.
            Task<string> whole = AskAsync(pipeline, Groups[0], 1, Token);
            Task<bool>[] ended = [.. Enumerable.Range(0, AtOnce).Select(i => CancelledAsync(pipeline, i, random.Next(12)))];
            cancelled += (await Task.WhenAll(ended)).Count(one => one);
            Assert.Equal(expected, await whole);
        }

        Assert.Equal(expected, await AskAsync(pipeline, Groups[0], 1, Token));
        Assert.InRange(cancelled, 1, done);
        SlowCount.Report(done, count, "asks");
    }

    private static async Task<bool> CancelledAsync(LlocoPipeline pipeline, int question, int milliseconds)
    {
        using var cancel = new CancellationTokenSource();
        Task<string> answer = AskAsync(pipeline, Groups[question % Groups.Length], question, cancel.Token);
        await Task.Delay(milliseconds, Token);
        await cancel.CancelAsync();
        try
        {
            await answer;
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private async Task AskAcrossTenantsAsync(int count)
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        int seen = 0;
        int done = 0;
        TimeSpan longest = SlowCount.Longest;
        var clock = Stopwatch.StartNew();
        for (; done < count && clock.Elapsed < longest; done += AtOnce)
        {
            // While one tenant's document changes, the others are answered.
            string changed = Groups[done / AtOnce % Groups.Length];
            Task<IngestResult> ingest = pipeline.IngestAsync(
                [new SourceDocument($"{changed}-new", $"{changed} text {done}. The captain saw the storm.", changed)], null, Token)
                .SingleAsync(Token).AsTask();
            (string Group, LlocoAnswer Answer)[] answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async i =>
            {
                string group = Groups[i % Groups.Length];
                return (group, await pipeline.AskAsync($"Who saw the {Groups[(i + 1) % Groups.Length]} storm?", new AskOptions { Group = group }, Token));
            }));
            Assert.Null((await ingest).Failure);
            foreach ((string group, LlocoAnswer answer) in answers)
            {
                Assert.Equal(group, answer.Group);
                Assert.All(answer.Sources, source => Assert.StartsWith(group, source.DocumentId, StringComparison.Ordinal));
                seen += answer.Sources.Count;
            }
        }

        Assert.True(seen >= done, $"{seen} sources");
        SlowCount.Report(done, count, "asks");
    }

    private static async Task<string> AskAsync(LlocoPipeline pipeline, string group, int question, CancellationToken cancellationToken)
    {
        LlocoAnswer answer = await pipeline.AskAsync(
            $"Who saw the storm {question}?", new AskOptions { Group = group }, cancellationToken);
        return string.Join('|', [answer.Text, .. answer.Sources.Select(source => source.DocumentId)]);
    }

    private async Task<LlocoPipeline> BuildAsync()
    {
        ModelFolders.MakeRandom(_folder.PathOf("model"));
        LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder()
            .UseModel(new ModelPackage(_folder.PathOf("model")))
            .UseIndex(_folder.PathOf("index.db"))
            .UseGeneration(new GenerationOptions { MaxNewTokens = 4 })
            .BuildAsync(Token);
        foreach (string group in Groups)
        {
            IngestResult result = await pipeline.IngestAsync(
                [new SourceDocument($"{group}-log", $"The captain of the {group} saw the storm. The mayor saw the market.", group)], null, Token)
                .SingleAsync(Token);
            Assert.Null(result.Failure);
        }

        return pipeline;
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
