using System.Diagnostics;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Training;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Times steps of adapter finetuning with the trainer's own step, over random weights and random documents: both kinds
/// see the same questions and pay for forward pass, backward pass and AdamW.</summary>
internal sealed class BenchFinetuneRun : IAsyncDisposable
{
    private const int PromptTokens = 32;
    private const int AnswerTokens = 16;
    private const int DocumentSeed = 5;

    /// <summary>Steps on summary embeddings for each on raw documents: they are short, so that one alone would be noise.</summary>
    private const int CompressedPerFull = 5;

    private readonly ModelProbe _model;

    private BenchFinetuneRun(ModelProbe model, int libTorchThreads) => (_model, LibTorchThreads) = (model, libTorchThreads);

    /// <summary>Gets the threads that libtorch's operators use, as libtorch says it.</summary>
    public int LibTorchThreads { get; }

    /// <summary>Makes a model.</summary>
    /// <param name="shape">Name of its shape.</param>
    /// <param name="precision">Number format of the frozen weights; the adapter is float32.</param>
    /// <param name="threads">Threads that compute.</param>
    public static async Task<BenchFinetuneRun> CreateAsync(string shape, WeightPrecision precision, int threads)
    {
        var model = ModelProbe.CreateRandom(ModelShapes.Find(shape), precision);
        return new BenchFinetuneRun(model, await BenchThreads.LimitAsync(model, threads).ConfigureAwait(false));
    }

    /// <summary>Measures one length, the two kinds in turn.</summary>
    /// <param name="tokens">Tokens of each document.</param>
    /// <param name="questions">Questions of a step.</param>
    /// <param name="steps">Steps on raw documents; on summary embeddings five times as many.</param>
    /// <param name="cancellationToken">Checked before each step.</param>
    public async Task<FinetuneRow> MeasureAsync(int tokens, int questions, int steps, CancellationToken cancellationToken)
    {
        LlamaConfig config = _model.Config;
        int segments = (tokens + config.SegmentLength - 1) / config.SegmentLength;
        int summary = segments * config.SummaryLength;
        var random = new Random(DocumentSeed);
        AdapterExample[] full = [.. Enumerable.Range(0, questions).Select(i => Example(i, random) with
        {
            RawText = Ids(random, tokens),
        })];
        AdapterExample[] compressed = [.. full.Select(example => example with
        {
            RawText = default, Documents = [Document(example.Id, summary, tokens, random)],
        })];
        var fullTimes = new List<double>();
        var compressedTimes = new List<double>();
        using AdapterSteps raw = await MakeAsync(full, cancellationToken).ConfigureAwait(false);
        using AdapterSteps read = await MakeAsync(compressed, cancellationToken).ConfigureAwait(false);

        // The first step on summary embeddings allocates and is not counted; one on a raw document is long enough to hide it.
        await StepAsync(read, cancellationToken).ConfigureAwait(false);
        for (int step = 0; step < steps; step++)
        {
            for (int turn = 0; turn < CompressedPerFull; turn++)
            {
                compressedTimes.Add(await StepAsync(read, cancellationToken).ConfigureAwait(false));
            }

            fullTimes.Add(await StepAsync(raw, cancellationToken).ConfigureAwait(false));
        }

        return new FinetuneRow(
            tokens, summary, questions, steps, Median(fullTimes), Median(compressedTimes));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _model.DisposeAsync();

    private static double Median(IEnumerable<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private Task<AdapterSteps> MakeAsync(AdapterExample[] examples, CancellationToken cancellationToken)
    {
        var options = new AdapterTrainingOptions { BatchSize = examples.Length, Epochs = 1_000 };
        return _model.BeginFinetuneAsync(new AdapterExampleList(examples), options, cancellationToken);
    }

    private static async Task<double> StepAsync(AdapterSteps run, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        await run.TakeAsync(cancellationToken).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private AdapterExample Example(int number, Random random) => new()
    {
        Id = $"question {number}", Prompt = Ids(random, PromptTokens), Answer = Ids(random, AnswerTokens),
    };

    private int[] Ids(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(_model.Config.VocabularySize))];

    private SummaryEmbeddings Document(string id, int count, int tokens, Random random)
    {
        int width = _model.Config.HiddenSize;
        float[] vectors = [.. Enumerable.Range(0, count * width).Select(_ => (float)(random.NextDouble() - 0.5))];
        return SummaryEmbeddings.FromVectors(
            id, vectors, width, SummaryEncoding.BFloat16,
            [new SegmentSummary(0, 0, tokens, 0, count)], _model.Fingerprint);
    }
}

/// <summary>One length's times.</summary>
/// <param name="Tokens">Tokens of a document.</param>
/// <param name="Summary">Summary embeddings that stand for them.</param>
/// <param name="Questions">Questions of a step.</param>
/// <param name="Steps">Steps measured of each kind.</param>
/// <param name="SecondsFull">Median seconds of a step on raw documents.</param>
/// <param name="SecondsCompressed">Median seconds of a step on summary embeddings.</param>
internal sealed record FinetuneRow(
    int Tokens, int Summary, int Questions, int Steps, double SecondsFull, double SecondsCompressed)
{
    /// <summary>Gets how many times as many questions are learned in the same time.</summary>
    public double Ratio => SecondsFull / SecondsCompressed;
}
