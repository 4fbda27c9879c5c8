using System.Collections.Concurrent;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.SelfStudy;

public sealed class SelfStudyGeneratorTests : IDisposable
{
    private static readonly StudyDocument Ann = new("ann", "Ann went to Manila. Ann keeps a goat.");
    private static readonly StudyDocument Bob = new("bob", "Bob sailed to Lisbon in May.");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_Documents_GivesPairsInTheirOrderWithPlaces()
    {
        var teacher = new EchoTeacher();

        StudyResult result = await Generator(teacher, new SelfStudyOptions { ChunkTokens = 20 }).RunAsync([Ann, Bob], null, Token);

        Assert.Equal(
            [("ann", "Ann", 0, 19), ("ann", "Ann", 20, 17), ("bob", "Bob", 0, 13), ("bob", "Lisbon", 14, 14)],
            result.Pairs.Select(pair => (pair.DocumentId, pair.Answer, pair.Start, pair.Length)));
        Assert.Equal((4, 0, 4), (result.Requests, result.Cached, result.Replies));
        Assert.Empty(result.Dropped);
        Assert.Equal("Ann went to Manila. Ask:", teacher.Asked.First().Prompt);
    }

    [Fact]
    public async Task RunAsync_Budgets_AreKept()
    {
        var teacher = new EchoTeacher();
        var options = new SelfStudyOptions { ChunkTokens = 20, Rounds = 5, MaxPairs = 5, MaxRequests = 7 };

        StudyResult pairs = await Generator(teacher, options).RunAsync([Ann, Bob], null, Token);
        StudyResult requests = await Generator(teacher, options with { MaxPairs = 1000 }).RunAsync([Ann, Bob], null, Token);

        Assert.Equal((5, 5), (pairs.Pairs.Count, pairs.Requests));
        Assert.Equal((7, 7), (requests.Pairs.Count, requests.Requests));
    }

    [Fact]
    public async Task RunAsync_Interrupted_GoesOnWhereItStoppedAndEndsTheSame()
    {
        var options = new SelfStudyOptions { ChunkTokens = 20, Rounds = 3 };
        var stopped = new EchoTeacher { FailAt = 5 };
        using (StudyCache cache = StudyCache.Open(_folder.PathOf("cache.jsonl")))
        {
            await Assert.ThrowsAsync<OperationCanceledException>(
                () => Generator(stopped, options, cache).RunAsync([Ann, Bob], null, stopped.Stop.Token));
        }

        var again = new EchoTeacher();
        StudyResult resumed;
        using (StudyCache cache = StudyCache.Open(_folder.PathOf("cache.jsonl")))
        {
            resumed = await Generator(again, options, cache).RunAsync([Ann, Bob], null, Token);
        }

        StudyResult whole = await Generator(new EchoTeacher(), options).RunAsync([Ann, Bob], null, Token);

        Assert.Equal((12, 4), (resumed.Requests, resumed.Cached));
        Assert.Equal(8, again.Asked.Count);
        Assert.Equal(whole.Pairs.Select(pair => (pair.Question, pair.Answer)), resumed.Pairs.Select(pair => (pair.Question, pair.Answer)));
    }

    [Fact]
    public async Task RunAsync_OtherTeacherOrText_IsAskedAgain()
    {
        using StudyCache cache = StudyCache.InMemory();
        await Generator(new EchoTeacher(), null, cache).RunAsync([Ann], null, Token);

        var other = new EchoTeacher { Name = "other" };
        StudyResult byOther = await Generator(other, null, cache).RunAsync([Ann], null, Token);
        StudyResult changed = await Generator(other, null, cache).RunAsync([Ann with { Text = Ann.Text + " So." }], null, Token);
        StudyResult same = await Generator(other, null, cache).RunAsync([Ann], null, Token);

        Assert.Equal((0, 0, 1), (byOther.Cached, changed.Cached, same.Cached));
    }

    [Fact]
    public async Task RunAsync_FailedRequest_IsReportedAndTheOthersGoOn()
    {
        var teacher = new EchoTeacher { BreakAt = 2 };
        using StudyCache cache = StudyCache.InMemory();
        var options = new SelfStudyOptions { ChunkTokens = 20 };

        StudyResult result = await Generator(teacher, options, cache).RunAsync([Ann, Bob], null, Token);
        StudyResult again = await Generator(new EchoTeacher(), options, cache).RunAsync([Ann, Bob], null, Token);

        Assert.Equal("the line is busy", Assert.Single(result.Failures).Message);
        Assert.Equal((3, 3), (result.Requests, result.Pairs.Count));
        Assert.Equal((4, 3, 4), (again.Requests, again.Cached, again.Pairs.Count));
    }

    [Fact]
    public async Task RunAsync_NoRequestAnswered_SaysWhy()
    {
        var generator = Generator(new EchoTeacher { BreakAt = 1 });

        LlocoException fault = await Assert.ThrowsAsync<LlocoException>(() => generator.RunAsync([Bob], null, Token));

        Assert.Contains("the line is busy", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_WindowTooSmall_SaysWhatToDo()
    {
        LlocoException fault = await Assert.ThrowsAsync<LlocoException>(
            () => Generator(new EchoTeacher { MaxPromptTokens = 20 }).RunAsync([Bob], null, Token));

        Assert.Contains("Shorten the prompt", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_SeveralAtOnce_GivesTheSamePairs()
    {
        var options = new SelfStudyOptions { ChunkTokens = 20, Rounds = 4 };

        StudyResult one = await Generator(new EchoTeacher(), options).RunAsync([Ann, Bob], null, Token);
        StudyResult three = await Generator(new EchoTeacher(), options with { Concurrency = 3 }).RunAsync([Ann, Bob], null, Token);

        Assert.Equal(one.Pairs.Select(pair => pair.Question), three.Pairs.Select(pair => pair.Question));
    }

    private static SelfStudyGenerator Generator(EchoTeacher teacher, SelfStudyOptions? options = null, StudyCache? cache = null) =>
        new(teacher, new CharacterTokenizer(), options, cache);

    /// <summary>Asks for the first word of what it is shown.</summary>
    private sealed class EchoTeacher : ITeacher
    {
        private int _calls;

        public string Name { get; init; } = "echo";

        /// <summary>Gets the call at which it cancels <see cref="Stop"/>.</summary>
        public int FailAt { get; init; }

        /// <summary>Gets the call that fails.</summary>
        public int BreakAt { get; init; }

        public CancellationTokenSource Stop { get; } = new();

        public ConcurrentQueue<TeacherRequest> Asked { get; } = new();

        public string Fingerprint => Name;

        public int MaxPromptTokens { get; init; } = 1000;

        public async Task<IReadOnlyList<TeacherReply>> AskAsync(
            TeacherRequest request, CancellationToken cancellationToken = default)
        {
            Asked.Enqueue(request);
            int call = Interlocked.Increment(ref _calls);
            await Task.Yield();
            if (call == FailAt)
            {
                await Stop.CancelAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            return call == BreakAt
                ? throw new InvalidOperationException("the line is busy")
                : [new TeacherReply($"What is word one of {request.Prompt.Length}, seed {request.Seed}? {request.Prompt.Split(' ')[0]}")];
        }
    }
}
