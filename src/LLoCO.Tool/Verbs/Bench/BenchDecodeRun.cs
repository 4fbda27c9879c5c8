using System.Diagnostics;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Runtime;
using LLoCO.Training.Probing;
using LLoCO.Core;
using static TorchSharp.torch;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Times the generation of tokens, one answer at a time, as the library's decoder does it: a step and the choice of the
/// next token.</summary>
internal sealed class BenchDecodeRun : IDisposable
{
    private const int Rounds = 7;
    private const double RoundSeconds = 0.25;
    private const int MaxTokens = 256;

    // The command compiles its code a second time only after a second without new methods, to start sooner.
    private const double WarmUpSeconds = 1.6;

    private readonly ModelPasses _model;
    private readonly PassKernels _kernels;

    /// <summary>Makes a model with random weights.</summary>
    /// <param name="shape">A name of <see cref="ModelShapes"/>.</param>
    /// <param name="weights">Number format.</param>
    /// <param name="threads">Threads of kernels and libtorch.</param>
    public BenchDecodeRun(string shape, BenchWeights weights, int threads)
    {
        LlocoRuntime.EnsureAvailable();
        set_num_threads(threads);
        _model = ModelPasses.CreateRandom(ModelShapes.Find(shape), weights.Stored());
        _kernels = _model.CreateKernels(
            new DecodingOptions { Weights = weights.Decoded(), Threads = threads })!;
    }

    /// <summary>Times tokens behind a context of random keys and values.</summary>
    /// <param name="depth">Positions in front.</param>
    /// <param name="baseline">Whether libtorch is timed, too, in turn.</param>
    /// <returns>Seconds per token, medians of seven rounds, and the bytes that one token reads.</returns>
    public DecodeTimes Measure(int depth, bool baseline)
    {
        using PassSession own = Begin(depth, _kernels);
        using PassSession? libtorch = baseline ? Begin(depth, null) : null;
        int ownTokens = Calibrate(own, depth);
        int libtorchTokens = libtorch is null ? 0 : Calibrate(libtorch, depth);
        var ownRounds = new List<double>();
        var libtorchRounds = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            ownRounds.Add(Time(own, depth, ownTokens));
            if (libtorch is not null)
            {
                libtorchRounds.Add(Time(libtorch, depth, libtorchTokens));
            }
        }

        long cacheBytes = _model.KeyValueBytes(depth + (ownTokens / 2));
        return new DecodeTimes(
            Medians.Compute(ownRounds),
            libtorch is null ? null : Medians.Compute(libtorchRounds),
            _kernels.BytesPerToken + cacheBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernels.Dispose();
        _model.Dispose();
    }

    private PassSession Begin(int depth, PassKernels? kernels)
    {
        PassSession session = _model.Begin(depth + MaxTokens + 1, kernels);
        session.FeedRandom(depth);
        return session;
    }

    /// <summary>Warms up, and finds how many tokens a round takes.</summary>
    private static int Calibrate(PassSession session, int depth)
    {
        long started = Stopwatch.GetTimestamp();
        double seconds;
        do
        {
            seconds = Time(session, depth, 8);
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < WarmUpSeconds);
        return (int)Math.Clamp(RoundSeconds / seconds, 4, MaxTokens);
    }

    private static double Time(PassSession session, int depth, int tokens)
    {
        session.Truncate(depth);
        int id = 1;
        long started = Stopwatch.GetTimestamp();
        for (int token = 0; token < tokens; token++)
        {
            id = session.Choose(session.FeedToken(id));
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds / tokens;
    }
}

/// <summary>Times of one measurement.</summary>
/// <param name="Seconds">Seconds per token of the library's own kernels.</param>
/// <param name="LibTorchSeconds">Seconds per token of libtorch's operators, with the weights that it has.</param>
/// <param name="Bytes">Bytes of weights and cache that one token reads.</param>
internal sealed record DecodeTimes(double Seconds, double? LibTorchSeconds, double Bytes);
