using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Runtime;
using LLoCO.Training.Probing;
using static TorchSharp.torch;

namespace LLoCO.LlamaCpp;

/// <summary>This library's side, with random weights in bf16.</summary>
internal sealed class OwnModel : IDisposable
{
    private const double RoundSeconds = 0.25;
    private const int MaxTokens = 256;
    private readonly ModelPasses _model;
    private readonly int _threads;
    private PassKernels? _kernels;
    private PassSession? _session;
    private int _depth;

    /// <summary>Makes the model.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="threads">Threads of kernels and libtorch.</param>
    public OwnModel(LlamaConfig config, int threads)
    {
        LlocoRuntime.EnsureAvailable();
        set_num_threads(threads);
        _threads = threads;
        _model = ModelPasses.CreateRandom(config);
    }

    /// <summary>Chooses the format of the weights that generating reads.</summary>
    /// <param name="format">bf16, int8 or int4.</param>
    public void Use(string format)
    {
        Forget();
        DecodeWeights weights = format switch
        {
            "int8" => DecodeWeights.Int8, "int4" => DecodeWeights.Int4, _ => DecodeWeights.AsStored,
        };
        _kernels = _model.CreateKernels(new DecodingOptions { Weights = weights, Threads = _threads })
            ?? throw new LlocoException("The decoding kernels cannot read this model.");
    }

    /// <summary>Begins an answer behind random keys and values.</summary>
    /// <param name="depth">Positions.</param>
    public void Begin(int depth)
    {
        _session?.Dispose();
        _session = _model.Begin(depth + MaxTokens + 1, _kernels);
        _session.FeedRandom(depth);
        _depth = depth;
    }

    /// <summary>Generates for a quarter of a second.</summary>
    /// <returns>Seconds per token.</returns>
    public double Generate()
    {
        _session!.Truncate(_depth);
        (int id, int tokens) = (1, 0);
        double started = Timing.Seconds;
        do
        {
            id = _session.Choose(_session.FeedToken(id));
            tokens++;
        }
        while (tokens < MaxTokens && (tokens < 4 || (Timing.Seconds - started) < RoundSeconds));
        return (Timing.Seconds - started) / tokens;
    }

    /// <summary>Reads a prompt into an empty cache, up to the logits of its last token.</summary>
    /// <param name="tokens">Its length.</param>
    /// <returns>Seconds.</returns>
    public double Prompt(int tokens)
    {
        var random = new Random(1);
        int[] ids = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(3, _model.Config.VocabularySize))];
        using PassSession session = _model.Begin(tokens + 1);
        double started = Timing.Seconds;
        session.FeedTokens(ids);
        return Timing.Seconds - started;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        _model.Dispose();
    }

    private void Forget()
    {
        _session?.Dispose();
        _session = null;
        _kernels?.Dispose();
        _kernels = null;
    }
}
