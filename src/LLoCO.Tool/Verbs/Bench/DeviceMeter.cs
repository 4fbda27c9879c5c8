using System.Diagnostics;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core;
using LLoCO.Evaluation.Planning;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>
/// Measures the speed of a machine with one model for <c>lloco plan</c>. It times a few passes whose costs differ in one part
/// only, and solves for the rate of that part:
/// <code>
/// hollow model, 1 input                seconds per step
/// 1 input behind few / many positions  bytes of keys and values per second; the rest is bytes of weights per second
/// many inputs / four times as many     operations per second of matrices / of attention
/// few inputs                           the rest is seconds per pass
/// </code>
/// </summary>
/// <remarks>On the thread that calls, which must own the model.</remarks>
internal sealed class DeviceMeter : IDisposable
{
    private const int Long = 512;
    private const int Longer = 4;
    private const int Deep = 2048;
    private const int Steps = 16;
    private const int Repeats = 5;
    private const int Brief = 32;
    private const int Rounds = 4;

    private readonly ModelPasses _model;
    private readonly PassKernels? _kernels;
    private readonly int _bytes;
    private readonly int _threads;

    /// <summary>Makes a meter.</summary>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="bytes">Bytes per number of its weights and keys and values.</param>
    /// <param name="threads">Threads that generate tokens.</param>
    public DeviceMeter(ModelPasses model, int bytes, int threads)
    {
        _model = model;
        _bytes = bytes;
        _threads = threads;
        _kernels = model.CreateKernels(new DecodingOptions { Threads = threads });
    }

    /// <summary>Measures the figures.</summary>
    public DeviceFigures Measure()
    {
        LlamaConfig config = _model.Config;
        int deep = Math.Min(Deep, new WindowBudget(config.MaxPositions) { Answer = Steps }.Room);
        double perStep = StepOfHollow();
        (double shallow, double down) = (Step(Brief), Step(deep));
        PassCost near = Cost(1, Brief + (Steps / 2));
        PassCost far = Cost(1, deep + (Steps / 2));
        double cacheRate = Rate(far.CacheBytes - near.CacheBytes, down - shallow, down);
        double weightRate = Rate(near.WeightBytes + near.HeadBytes, shallow - perStep - (near.CacheBytes / cacheRate), shallow);

        int length = Math.Min(Long, config.MaxPositions / Longer);
        (double first, double behind) = (Prefix(Brief), Pass(Brief, Brief));
        (double wide, double wider) = (Pass(length, 0), Pass(Longer * length, 0));
        PassCost flat = Cost(length, 0);
        PassCost tall = Cost(Longer * length, 0);
        double determinant = (flat.MatrixFlops * tall.AttentionFlops) - (tall.MatrixFlops * flat.AttentionFlops);
        var figures = new DeviceFigures
        {
            FlopsPerSecond = 1, WeightBytesPerSecond = weightRate, CacheBytesPerSecond = cacheRate, SecondsPerStep = perStep,
        };
        for (int round = 0; round < Rounds; round++)
        {
            // Two long passes give two unknown rates; the rest of a short pass is the fixed cost of every pass.
            (double one, double four) = (wide - figures.SecondsPerPass, wider - figures.SecondsPerPass);
            double matrix = ((one * tall.AttentionFlops) - (four * flat.AttentionFlops)) / determinant;
            double attention = ((four * flat.MatrixFlops) - (one * tall.MatrixFlops)) / determinant;
            figures = figures with
            {
                FlopsPerSecond = Rate(1, matrix, wide / flat.MatrixFlops),
                AttentionFlopsPerSecond = Rate(1, attention, wider / tall.AttentionFlops),
                SecondsPerPass = 0,
                SecondsPerPassBehind = 0,
            };
            figures = figures with
            {
                SecondsPerPass = Math.Max(0, first - PassCost.Create(config, _bytes, Brief, 0, rows: 0).Seconds(figures)),
                SecondsPerPassBehind = Math.Max(0, behind - Cost(Brief, Brief).Seconds(figures)),
            };
        }

        return figures;
    }

    /// <summary>Seconds of a pass over raw tokens with the last one's logits.</summary>
    /// <param name="inputs">Inputs.</param>
    /// <param name="stored">Positions before them.</param>
    public double Pass(int inputs, int stored)
    {
        int[] ids = Ids(_model.Config, inputs);
        return Best(Repeats, () => Session(stored, inputs), session => session.FeedTokens(ids));
    }

    /// <summary>Seconds per token generated behind stored positions.</summary>
    /// <param name="stored">Positions before the first token.</param>
    public double Step(int stored) => Best(Repeats, () => Session(stored, Steps), session =>
    {
        for (int step = 0; step < Steps; step++)
        {
            session.FeedToken(step);
        }
    }) / Steps;

    /// <summary>Seconds to put summary embeddings in front.</summary>
    /// <param name="vectors">How many.</param>
    public double Prefix(int vectors)
    {
        float[] numbers = new float[vectors * _model.Config.HiddenSize];
        return Best(Repeats, () => _model.Begin(vectors), session => session.FeedVectors(numbers));
    }

    /// <summary>Seconds to compress a document.</summary>
    /// <param name="tokens">Its tokens, cut into full segments.</param>
    public double Compress(int tokens)
    {
        int segment = _model.Config.SegmentLength;
        int segments = (tokens + segment - 1) / segment;
        int[] ids = Ids(_model.Config, segment);
        return Best(3, () => _model.BeginCompression(segments), run =>
        {
            for (int i = 0; i < segments; i++)
            {
                run.Next(ids.AsMemory(0, Math.Min(segment, tokens - (i * segment))));
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _kernels?.Dispose();

    private PassCost Cost(int inputs, int stored) => PassCost.Create(_model.Config, _bytes, inputs, stored, rows: 1);

    /// <summary>Seconds of a step through as many layers that compute next to nothing.</summary>
    private double StepOfHollow()
    {
        LlamaConfig config = _model.Config with
        {
            HiddenSize = 16, IntermediateSize = 16, Heads = 1, KeyValueHeads = 1, HeadDimension = 16, VocabularySize = 64,
            SummaryLength = 0,
        };
        using var hollow = ModelPasses.CreateRandom(config, _model.Precision, device: _model.Device);
        using var meter = new DeviceMeter(hollow, _bytes, _threads);
        return meter.Step(Brief);
    }

    private PassSession Session(int stored, int more)
    {
        PassSession session = _model.Begin(stored + more, _kernels);
        if (stored > 0)
        {
            session.FeedVectors(new float[stored * _model.Config.HiddenSize]);
        }

        return session;
    }

    private static double Best<T>(int repeats, Func<T> prepare, Action<T> work)
        where T : IDisposable
    {
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat <= repeats; repeat++)
        {
            using T prepared = prepare();
            long started = Stopwatch.GetTimestamp();
            work(prepared);

            // The first run warms caches and compiles.
            if (repeat > 0)
            {
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
        }

        return best;
    }

    private static int[] Ids(LlamaConfig config, int count) =>
        [.. Enumerable.Range(0, count).Select(i => i % Math.Min(1000, config.VocabularySize))];

    /// <summary>An amount per second; if noise leaves no time for it, a hundredth of the pass is used.</summary>
    private static double Rate(double amount, double seconds, double whole) => amount / Math.Max(seconds, whole / 100);
}
