using System.Diagnostics;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Model;
using LLoCO.Core.Planning;
using static TorchSharp.torch;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>
/// Measures what a machine reaches with one model, as <c>lloco plan</c> needs it. A few passes are timed whose costs differ in one
/// thing only, and that thing's rate is solved for:
/// <code>
/// hollow model, 1 input / 16 inputs    seconds per step / per pass
/// 1 input behind few / many positions  bytes of states per second; the rest is bytes of weights per second
/// many inputs / few behind many        operations per second of matrices / of attention
/// </code>
/// </summary>
/// <remarks>On the thread that calls, which must own the model.</remarks>
internal sealed class DeviceMeter : IDisposable
{
    private const int Long = 512;
    private const int Block = 128;
    private const int Deep = 2048;
    private const int Steps = 16;
    private const int Repeats = 5;
    private const int HollowInputs = 16;

    private readonly LlamaModel _model;
    private readonly KernelDecoder? _kernels;
    private readonly int _bytes;
    private readonly int _threads;

    /// <summary>Makes a meter.</summary>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="bytes">Bytes per number of its weights and states.</param>
    /// <param name="threads">Threads that generate tokens.</param>
    public DeviceMeter(LlamaModel model, int bytes, int threads)
    {
        _model = model;
        _bytes = bytes;
        _threads = threads;
        _kernels = KernelDecoder.Create(model, new DecodingOptions { Threads = threads });
    }

    /// <summary>Measures the figures.</summary>
    public DeviceFigures Measure()
    {
        LlamaConfig config = _model.Config;
        int bytes = _bytes;
        int block = Math.Min(Block, config.MaxPositions / 4);
        int deep = Math.Min(Deep, config.MaxPositions - block - Steps);
        int length = Math.Min(Long, config.MaxPositions - Steps);
        (double perPass, double perStep) = Hollow();

        (double shallow, double down) = (Step(HollowInputs), Step(deep));
        PassCost near = PassCost.Of(config, bytes, 1, HollowInputs + (Steps / 2.0), 1);
        PassCost far = PassCost.Of(config, bytes, 1, deep + (Steps / 2.0), 1);
        double cacheRate = Rate(far.CacheBytes - near.CacheBytes, down - shallow, down);
        double weightRate = Rate(near.WeightBytes, shallow - perStep - (near.CacheBytes / cacheRate), shallow);

        // Two passes, two unknown rates: the first is nearly all matrices, the second has the more attention.
        (double wide, double behind) = (Pass(length, 0), Pass(block, deep));
        PassCost flat = PassCost.Of(config, bytes, length, 0, 1);
        PassCost tall = PassCost.Of(config, bytes, block, deep, 1);
        double determinant = (flat.MatrixFlops * tall.AttentionFlops) - (tall.MatrixFlops * flat.AttentionFlops);
        double matrix = (((wide - perPass) * tall.AttentionFlops) - ((behind - perPass) * flat.AttentionFlops)) / determinant;
        double attention = (((behind - perPass) * flat.MatrixFlops) - ((wide - perPass) * tall.MatrixFlops)) / determinant;
        return new DeviceFigures
        {
            FlopsPerSecond = Rate(1, matrix, wide / flat.MatrixFlops),
            AttentionFlopsPerSecond = Rate(1, attention, behind / tall.AttentionFlops),
            WeightBytesPerSecond = weightRate,
            CacheBytesPerSecond = cacheRate,
            SecondsPerPass = perPass,
            SecondsPerStep = perStep,
        };
    }

    /// <summary>Seconds of a pass over raw tokens with the last one's logits.</summary>
    /// <param name="inputs">Inputs.</param>
    /// <param name="stored">Positions before them.</param>
    public double Pass(int inputs, int stored)
    {
        using var scope = NewDisposeScope();
        int[] ids = Ids(_model.Config, inputs);
        return Best(Repeats, () => Session(stored, inputs), session => session.FeedTokens(ids));
    }

    /// <summary>Seconds per token generated behind stored positions.</summary>
    /// <param name="stored">Positions before the first token.</param>
    public double Step(int stored) => Best(Repeats, () => Session(stored, Steps), session =>
    {
        for (int step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            session.FeedToken(step);
        }
    }) / Steps;

    /// <summary>Seconds to put summary embeddings in front.</summary>
    /// <param name="vectors">How many.</param>
    public double Prefix(int vectors)
    {
        using var scope = NewDisposeScope();
        float[] numbers = new float[vectors * _model.Config.HiddenSize];
        return Best(Repeats, () => new DecodeSession(_model, null, vectors), session => session.FeedVectors(numbers, vectors));
    }

    /// <summary>Seconds to compress a document.</summary>
    /// <param name="tokens">Its tokens, cut into full segments.</param>
    public double Compress(int tokens)
    {
        int segment = _model.Config.SegmentLength;
        int segments = (tokens + segment - 1) / segment;
        int[] ids = Ids(_model.Config, segment);
        return Best(3, () => new CompressionRun(_model, [], segments), run =>
        {
            for (int i = 0; i < segments; i++)
            {
                using var scope = NewDisposeScope();
                CompressionRun.Next(_model, [(run, ids.AsMemory(0, Math.Min(segment, tokens - (i * segment))))]);
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _kernels?.Dispose();

    private (double PerPass, double PerStep) Hollow()
    {
        LlamaConfig config = _model.Config with
        {
            HiddenSize = 16, IntermediateSize = 16, Heads = 1, KeyValueHeads = 1, HeadDimension = 16, VocabularySize = 64,
            SummaryLength = 0,
        };
        using LlamaModel hollow = ModelShapes.MakeModel(config, 1, _model.Weights.Type, _model.Weights.Device);
        using var meter = new DeviceMeter(hollow, _bytes, _threads);
        return (meter.Pass(HollowInputs, 0), meter.Step(HollowInputs));
    }

    private DecodeSession Session(int stored, int more)
    {
        using var scope = NewDisposeScope();
        var session = new DecodeSession(_model, null, stored + more, _kernels);
        if (stored > 0)
        {
            session.FeedVectors(new float[stored * _model.Config.HiddenSize], stored);
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
            using var scope = NewDisposeScope();
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

    /// <summary>An amount per second; where noise leaves no time for it, all of the pass's hundredth.</summary>
    private static double Rate(double amount, double seconds, double whole) => amount / Math.Max(seconds, whole / 100);
}
