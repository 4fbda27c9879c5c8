using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Batching;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Runtime;

namespace LLoCO.Core.Tests.Decoding.Batching;

/// <summary>Who is decoded with whom, and that no sequence suffers from another. An engine that counts up stands for the model: a
/// request [100] is answered 101, 102, 103 …</summary>
public sealed class AnswerBatchTests : IAsyncDisposable
{
    private readonly ModelWorker _worker = new("test");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task Enter_ManyAtOnce_ShareStepsUpToTheMostAndBeginInOrder()
    {
        var engine = new LetterEngine();
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions { MaxSequences = 3 });
        AnswerSequence[] sequences = [.. Enumerable.Range(1, 7).Select(i => Row(100 * i, tokens: 5))];

        // Entered from the model's own thread, so that none begins before all wait.
        await _worker.RunAsync(() => Array.ForEach(sequences, batch.Enter), Token);
        int[][] answers = await Task.WhenAll(sequences.Select(ReadAsync));

        Assert.All(Enumerable.Range(1, 7), i => Assert.Equal(Enumerable.Range((100 * i) + 1, 5), answers[i - 1]));
        Assert.Equal([100, 200, 300, 400, 500, 600, 700], engine.Begun);
        Assert.Equal([3, 3, 3, 3, 3, 3, 3, 3, 1, 1, 1, 1], engine.StepsOf.Select(names => names.Length));
        Assert.Equal((12, 28), (batch.Steps, batch.Fed));
        Assert.Equal(0, engine.Alive);
    }

    [Fact]
    public async Task Enter_WhileOthersRun_JoinsThem()
    {
        var reached = new TaskCompletionSource();
        using var joined = new SemaphoreSlim(0);
        var engine = new LetterEngine
        {
            BeforeStep = (_, last) =>
            {
                if (last == 103)
                {
                    reached.TrySetResult();
                    Assert.True(joined.Wait(TimeSpan.FromMinutes(10)));
                }
            },
        };
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions());
        AnswerSequence first = Row(100, tokens: 9);
        AnswerSequence second = Row(200, tokens: 3);

        batch.Enter(first);
        await reached.Task.WaitAsync(Token);
        batch.Enter(second);
        joined.Release();

        Assert.Equal(Enumerable.Range(101, 9), await ReadAsync(first));
        Assert.Equal(Enumerable.Range(201, 3), await ReadAsync(second));
        Assert.Equal([1, 1, 1, 2, 2, 1, 1, 1], engine.StepsOf.Select(names => names.Length));
    }

    [Fact]
    public async Task Step_ReadersThatTakeNothing_RestAndGiveTheirPlacesToOthers()
    {
        var engine = new LetterEngine();
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions { MaxSequences = 2, MaxUnread = 2 });
        AnswerSequence[] slow = [Row(100, 8, unread: 2), Row(200, 8, unread: 2), Row(300, 8, unread: 2)];
        AnswerSequence quick = Row(400, 40, unread: 2);
        Array.ForEach(slow, batch.Enter);

        batch.Enter(quick);
        int[] read = await ReadAsync(quick, batch);

        Assert.Equal(Enumerable.Range(401, 40), read);
        Assert.All(slow, sequence => Assert.Equal(2, sequence.Steps.Count));
        Assert.Equal(3, engine.Alive);
        Assert.Equal(Enumerable.Range(101, 8), await ReadAsync(slow[0], batch));
        Assert.Equal(Enumerable.Range(201, 8), await ReadAsync(slow[1], batch));
        Assert.Equal(Enumerable.Range(301, 8), await ReadAsync(slow[2], batch));
        Assert.Equal(0, engine.Alive);
    }

    [Fact]
    public async Task Enter_MoreThanMayWait_IsRefusedUntilOneIsCancelled()
    {
        using var cancel = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var engine = new LetterEngine { BeforeBegin = name => { if (name == 400) { begun.SetResult(); } } };
        await using var batch = new AnswerBatch(
            _worker, engine, new BatchOptions { MaxSequences = 1, MaxWaiting = 1, MaxUnread = 1 });

        // Four sequences are begun for one place, since those before them rest.
        for (int i = 1; i <= 4; i++)
        {
            AnswerSequence resting = Row(100 * i, 5, unread: 1);
            batch.Enter(resting);
            Assert.True(await resting.Steps.WaitToReadAsync(Token));
        }

        await begun.Task.WaitAsync(Token);
        AnswerSequence waiting = Row(500, 5, unread: 1, cancel);
        batch.Enter(waiting);
        QueueFullException full = Assert.Throws<QueueFullException>(() => batch.Enter(Row(600, 5, unread: 1)));
        await cancel.CancelAsync();
        await waiting.Left.WaitAsync(Token);
        batch.Enter(Row(700, 5, unread: 1));

        Assert.Equal(1, full.Waiting);
        Assert.Contains("MaxWaiting", full.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Steps.Completion);
        Assert.DoesNotContain(500, engine.Begun);
    }

    [Fact]
    public async Task Step_OneRowFails_OnlyThatRowEndsWithTheError()
    {
        var engine = new LetterEngine
        {
            BeforeStep = (name, last) => { if (name == 200 && last == 203) { throw new LlocoException("bad sequence"); } },
        };
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions());
        AnswerSequence[] sequences = [Row(100, 6), Row(200, 6), Row(300, 6)];

        Array.ForEach(sequences, batch.Enter);

        Assert.Equal(Enumerable.Range(101, 6), await ReadAsync(sequences[0]));
        Assert.Equal(Enumerable.Range(301, 6), await ReadAsync(sequences[2]));
        await sequences[1].Left.WaitAsync(Token);
        Assert.Equal(3, sequences[1].Steps.Count);
        Assert.Equal("bad sequence", (await Assert.ThrowsAsync<LlocoException>(() => ReadAsync(sequences[1]))).Message);
        Assert.Equal(0, engine.Alive);
    }

    [Fact]
    public async Task Begin_Fails_OnlyThatRowEndsWithTheError()
    {
        var engine = new LetterEngine { BeforeBegin = name => { if (name == 200) { throw new LlocoException("bad prompt"); } } };
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions());
        AnswerSequence[] sequences = [Row(100, 6), Row(200, 6), Row(998, 6)];

        Array.ForEach(sequences, batch.Enter);

        Assert.Equal(Enumerable.Range(101, 6), await ReadAsync(sequences[0]));
        Assert.Equal("bad prompt", (await Assert.ThrowsAsync<LlocoException>(() => ReadAsync(sequences[1]))).Message);
        Assert.Contains("NaN", (await Assert.ThrowsAsync<LlocoException>(() => ReadAsync(sequences[2]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_RowThatRests_LeavesTheBatch()
    {
        using var cancel = new CancellationTokenSource();
        var engine = new LetterEngine();
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions { MaxUnread = 1 });
        AnswerSequence sequence = Row(100, 6, unread: 1, cancel);
        batch.Enter(sequence);
        Assert.True(await sequence.Steps.WaitToReadAsync(Token));

        await cancel.CancelAsync();
        await sequence.Left.WaitAsync(Token);

        Assert.Equal(0, engine.Alive);
    }

    [Fact]
    public async Task Dispose_EndsWhatRunsAndWhatWaits()
    {
        var engine = new LetterEngine();
        var batch = new AnswerBatch(_worker, engine, new BatchOptions { MaxSequences = 1, MaxUnread = 1 });
        AnswerSequence[] sequences = [.. Enumerable.Range(1, 6).Select(i => Row(100 * i, 6, unread: 1))];
        Array.ForEach(sequences, batch.Enter);

        await batch.DisposeAsync();

        Assert.All(sequences, sequence => Assert.True(sequence.Left.IsCompletedSuccessfully));
        Assert.Equal(0, engine.Alive);
        Assert.True(engine.Disposed);
        foreach (AnswerSequence sequence in sequences)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync(sequence));
        }

        Assert.Throws<ObjectDisposedException>(() => batch.Enter(Row(700, 6)));
    }

    [Fact]
    public async Task Advance_SomebodyElseWaitsForTheModel_TheyTakeTurns()
    {
        Task<bool>? other = null;
        bool ranBetween = false;
        LetterEngine engine = null!;
        engine = new LetterEngine
        {
            BeforeStep = (_, last) =>
            {
                if (last == 103)
                {
                    other = _worker.RunAsync(() => ranBetween = engine.StepsOf.Count < 20, Token);
                }
            },
        };
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions());
        AnswerSequence sequence = Row(100, 30);

        batch.Enter(sequence);
        await ReadAsync(sequence);
        await other!;

        Assert.True(ranBetween);
    }

    private static AnswerSequence Row(int start, int tokens, int unread = 256, CancellationTokenSource? cancel = null)
    {
        var options = new GenerationOptions { MaxNewTokens = tokens };
        int[] prompt = [start];
        return new AnswerSequence(
            new DecodeRequest([], prompt, null, options), null, new TokenChoice(prompt, options, [], null), unread,
            cancel?.Token ?? Token);
    }

    /// <summary>Reads an answer to its end; with the batch where it may rest.</summary>
    private static async Task<int[]> ReadAsync(AnswerSequence sequence, AnswerBatch batch)
    {
        var ids = new List<int>();
        await foreach (DecodeStep step in sequence.Steps.ReadAllAsync(Token))
        {
            ids.Add(step.TokenId);
            batch.Wake();
        }

        return [.. ids];
    }

    private static async Task<int[]> ReadAsync(AnswerSequence sequence) =>
        [.. await sequence.Steps.ReadAllAsync(Token).Select(step => step.TokenId).ToListAsync(Token)];
}
