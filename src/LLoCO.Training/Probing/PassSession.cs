using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Batching;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Kernels;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Probing;

/// <summary>One answer under way: what stands in front, the tokens that are fed, and the logits that come of them.</summary>
/// <remarks>One thread at a time, that of its model.</remarks>
public sealed class PassSession : IDisposable
{
    private readonly DecodeSession _session;
    private readonly KernelDecoder? _kernels;
    private readonly TokenSampler _sampler = new(new GenerationOptions());

    internal PassSession(DecodeSession session, KernelDecoder? kernels = null) => (_session, _kernels) = (session, kernels);

    /// <summary>Gets the tokens of a prompt that go through the model in one pass.</summary>
    public static int PassTokens => DecodeSession.PassTokens;

    /// <summary>Puts summary embeddings in front, before anything else is fed.</summary>
    /// <param name="prefix">The summary embeddings; may be empty.</param>
    /// <param name="known">Where keys and values of earlier prefixes are kept.</param>
    public void FeedPrefix(IReadOnlyList<SummaryEmbeddings> prefix, PassPrefixes known)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(known);
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        _session.FeedPrefix(prefix, known.Cache);
    }

    /// <summary>Makes sure that the keys and values of a prefix are kept, without putting it in front.</summary>
    /// <param name="prefix">The summary embeddings; at least one.</param>
    /// <param name="known">Where they are kept.</param>
    public void PreparePrefix(IReadOnlyList<SummaryEmbeddings> prefix, PassPrefixes known)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(known);
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        _session.PreparePrefix(prefix, known.Cache);
    }

    /// <summary>Puts vectors in front, before anything else is fed.</summary>
    /// <param name="vectors">Row by row, each as wide as the model.</param>
    /// <exception cref="ArgumentException">There are none, or no whole rows.</exception>
    public void FeedVectors(float[] vectors)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        int width = _session.Model.Config.HiddenSize;
        if (vectors.Length == 0 || vectors.Length % width != 0)
        {
            throw new ArgumentException($"{vectors.Length} numbers are not whole vectors of width {width}.", nameof(vectors));
        }

        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        _session.FeedVectors(vectors, vectors.Length / width);
    }

    /// <summary>Feeds tokens.</summary>
    /// <param name="ids">Token ids; at least one, all of the vocabulary.</param>
    /// <param name="all">Whether logits of all these places are wanted, or of the last one only.</param>
    /// <returns>The logits row by row, one per id of the vocabulary.</returns>
    /// <exception cref="ArgumentException">There are none, or one is out of range.</exception>
    public float[] FeedTokens(ReadOnlySpan<int> ids, bool all = false)
    {
        TokenIds.EnsureKnown(ids, _session.Model.Config);
        using IDisposable mode = inference_mode();
        return _session.FeedTokens(ids, all);
    }

    /// <summary>Feeds a prompt as an answer does: a short one by the kernels, where the session has any.</summary>
    /// <param name="ids">Token ids; at least one, all of the vocabulary.</param>
    /// <returns>The logits of its last place, one per id of the vocabulary.</returns>
    /// <exception cref="ArgumentException">There are none, or one is out of range.</exception>
    public float[] FeedPrompt(ReadOnlySpan<int> ids)
    {
        TokenIds.EnsureKnown(ids, _session.Model.Config);
        using IDisposable mode = inference_mode();
        DecodeEngine? engine = KernelPrefill.TryFeedPrompts(_kernels, [_session], [ids.ToArray()], [true]);
        return engine is null ? _session.FeedTokens(ids) : engine.Logits(0).ToArray();
    }

    /// <summary>Feeds the token that was chosen last, by the kernels where the session has any.</summary>
    /// <param name="id">The token, one of the vocabulary.</param>
    /// <returns>The logits of its place, valid until the next call.</returns>
    /// <exception cref="ArgumentException">The id is out of range.</exception>
    public ReadOnlySpan<float> FeedToken(int id)
    {
        TokenIds.EnsureKnown(id, _session.Model.Config);
        using IDisposable mode = inference_mode();
        return _session.FeedToken(id);
    }

    /// <summary>Chooses the next token as a greedy answer does.</summary>
    /// <param name="logits">One per id.</param>
    /// <returns>The id of the largest.</returns>
    public int Choose(ReadOnlySpan<float> logits) => _sampler.Next(logits).Id;

    /// <summary>Forgets what was fed behind the first positions, to go on from there in another way.</summary>
    /// <param name="positions">Positions to keep.</param>
    public void Truncate(long positions) => _session.Truncate(positions);

    /// <summary>Puts random keys and values behind those that are there: a long context, as far as its time is concerned.</summary>
    /// <param name="positions">How many positions; the session must have room for them.</param>
    public void FeedRandom(int positions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(positions);
        const int Block = 1024;
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        LlamaModel model = _session.Model;
        KeyValueCache cache = _session.KeyValues;
        Tensor block = randn([1, model.Config.KeyValueHeads, Block, model.Config.HeadDimension], device: model.Weights.Device)
            .to(model.Weights.Type);
        for (int start = 0; start < positions; start += Block)
        {
            int count = Math.Min(Block, positions - start);
            using Tensor part = block.narrow(2, 0, count);
            for (int layer = 0; layer < model.Config.Layers; layer++)
            {
                cache.Write(layer, part, part);
            }

            cache.Commit(count);
        }
    }

    /// <summary>Computes the natural-log probability of a token.</summary>
    /// <param name="logits">One per id.</param>
    /// <param name="id">The token.</param>
    /// <returns>0 or less.</returns>
    public static unsafe double LogProbability(ReadOnlySpan<float> logits, int id)
    {
        fixed (float* numbers = logits)
        {
            (float largest, double total) = KernelSet.Best.Exponentials(numbers, logits.Length);
            return logits[id] - largest - Math.Log(total);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
