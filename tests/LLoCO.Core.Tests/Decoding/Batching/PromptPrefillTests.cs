using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Batching;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Runtime;

namespace LLoCO.Core.Tests.Decoding.Batching;

/// <summary>How prefixes and prompts are read between the steps of the answers under way. An engine that counts up stands for the
/// model, and calls a request by the first token of its prompt.</summary>
public sealed class PromptPrefillTests : IAsyncDisposable
{
    private readonly ModelWorker _worker = new("test");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task Enter_QuestionsThatComeTogether_AreReadInOnePassPerGroup()
    {
        var engine = new LetterEngine { PromptGroup = name => name < 300 ? 1 : 2 };
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions());
        AnswerSequence[] sequences = [Row(100, 30, 2), Row(300, 10, 2), Row(200, 20, 2)];

        await EnterTogether(batch, sequences);
        int[][] answers = await Task.WhenAll(sequences.Select(ReadAsync));

        Assert.Equal([[(100, 30), (200, 20)], [(300, 10)]], engine.Reads);
        Assert.Equal([[130, 131], [310, 311], [220, 221]], answers);
        Assert.Equal(["prompt", "prompt", "step"], engine.Done);
    }

    [Fact]
    public async Task Read_LongPromptWhileOthersRun_LetsThemStepInBetweenAndShortOnesPass()
    {
        AnswerSequence running = Row(100, 1, 40);
        AnswerSequence endless = Row(200, 700, 2);
        AnswerSequence brief = Row(300, 50, 2);
        AnswerBatch? entered = null;
        var engine = new LetterEngine
        {
            BeforeStep = (_, last) =>
            {
                if (last == 101)
                {
                    entered!.Enter(endless);
                    entered.Enter(brief);
                }
            },
        };
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions());
        entered = batch;

        batch.Enter(running);
        await Task.WhenAll(ReadAsync(running), ReadAsync(endless), ReadAsync(brief));

        // Half of 256 tokens are kept for the long prompt, and what the short one leaves.
        Assert.Equal([[(100, 1)], [(200, 206), (300, 50)], [(200, 256)], [(200, 238)]], engine.Reads);
        int[] reads = [.. Enumerable.Range(0, engine.Done.Count).Where(i => engine.Done[i] == "prompt")];
        Assert.All(reads[..^1], read => Assert.Equal("step", engine.Done[read + 1]));
        Assert.Equal([100, 300, 200], engine.Begun);
    }

    [Fact]
    public async Task Read_NobodyRuns_TakesMoreTokensAtOnce()
    {
        var engine = new LetterEngine();
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions());
        AnswerSequence[] sequences = [Row(100, 800, 1), Row(200, 700, 1), Row(300, 600, 1)];

        await EnterTogether(batch, sequences);
        await Task.WhenAll(sequences.Select(ReadAsync));

        Assert.Equal([[(100, 800), (200, 700)], [(300, 600)]], engine.Reads);
    }

    [Fact]
    public async Task Read_UnknownPrefix_TakesTurnsWithPromptsAndSteps()
    {
        var engine = new LetterEngine { PrefixPieces = { [100] = 3 } };
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions());
        AnswerSequence[] sequences = [Row(100, 1, 1), Row(200, 1, 4)];

        await EnterTogether(batch, sequences);
        await Task.WhenAll(sequences.Select(ReadAsync));

        Assert.Equal(["prefix", "prompt", "step", "prefix", "step", "prefix", "step", "prompt"], engine.Done);
    }

    [Fact]
    public async Task Cancel_PromptThatIsHalfRead_ReleasesItsStates()
    {
        using var cancel = new CancellationTokenSource();
        AnswerSequence running = Row(100, 1, 30);
        AnswerSequence endless = Row(200, 700, 2, cancel.Token);
        AnswerBatch? entered = null;
        LetterEngine engine = null!;
        engine = new LetterEngine
        {
            BeforeStep = (_, last) =>
            {
                if (last == 101)
                {
                    entered!.Enter(endless);
                }
                else if (engine.Reads.Count == 2)
                {
                    cancel.Cancel();
                }
            },
        };
        await using var batch = new AnswerBatch(_worker, engine, new BatchOptions());
        entered = batch;

        batch.Enter(running);
        await ReadAsync(running);
        await endless.Left.WaitAsync(Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(endless));
        Assert.Equal([[(100, 1)], [(200, 256)]], engine.Reads);
        Assert.Equal(0, engine.Alive);
    }

    /// <summary>Enters sequences from the model's own thread, so that none begins before all wait.</summary>
    private Task EnterTogether(AnswerBatch batch, params AnswerSequence[] sequences) =>
        _worker.RunAsync(() => Array.ForEach(sequences, batch.Enter), Token);

    private static AnswerSequence Row(int name, int prompt, int tokens, CancellationToken? cancellation = null)
    {
        var options = new GenerationOptions { MaxNewTokens = tokens };
        int[] ids = [.. Enumerable.Range(0, prompt).Select(i => i == 0 ? name : name + (i % 50))];
        return new AnswerSequence(
            new DecodeRequest([], ids, null, options), null, new TokenChoice(ids, options, [], null), 256, cancellation ?? Token);
    }

    private static async Task<int[]> ReadAsync(AnswerSequence sequence) =>
        [.. await sequence.Steps.ReadAllAsync(Token).Select(step => step.TokenId).ToListAsync(Token)];
}
