using LLoCO.Core.Compression;
using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding;

/*
 *   positions   0 … S-1               S … S+P-1        S+P, S+P+1, …
 *   inputs      [ summary prefix ]    [ prompt ]       [ token ] [ token ] …
 *   passes      1, or copied from     1                1 each
 *               the prefix cache
 *   computed    libtorch              libtorch         kernels, where there are any
 *
 * The prefix is a pass of its own, whether it is cached or not: then an answer does not depend on what was asked before.
 */

/// <summary>One answer under way: its key/value cache and its next logits. Used on the model's thread only.</summary>
internal sealed class DecodeSession : IDisposable
{
    private readonly LlamaModel _model;
    private readonly LoraAdapter? _adapter;
    private readonly KeyValueCache _cache;
    private readonly KernelDecoder? _kernels;
    private readonly float[] _logits;
    private DecodeRow? _row;

    /// <summary>Allocates room for a whole answer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/> for the base model.</param>
    /// <param name="capacity">Positions of prefix, prompt and answer together.</param>
    /// <param name="kernels">Generates tokens, or <see langword="null"/> for libtorch.</param>
    internal DecodeSession(LlamaModel model, LoraAdapter? adapter, long capacity, KernelDecoder? kernels = null)
    {
        _kernels = kernels;
        _logits = kernels is null ? [] : new float[model.Config.VocabularySize];
        _model = model;
        _adapter = adapter;
        _cache = new KeyValueCache(model.Config, 1, capacity, model.Weights.Type, model.Weights.Device);
    }

    /// <summary>Puts summary embeddings in front.</summary>
    /// <param name="prefix">The summary embeddings; may be empty.</param>
    /// <param name="known">Where states of earlier prefixes are kept.</param>
    internal void FeedPrefix(IReadOnlyList<SummaryEmbeddings> prefix, PrefixCache known)
    {
        int count = prefix.Sum(document => document.Count);
        if (count == 0)
        {
            return;
        }

        PrefixKey key = PrefixKey.Of(prefix, _adapter);
        KeyValueCache? states = known.Find(key);
        if (states is not null)
        {
            _cache.CopyFrom(states);
            return;
        }

        FeedVectors(Join(prefix, count * _model.Config.HiddenSize), count);
        LlamaConfig config = _model.Config;
        if (known.Admits(KeyValueCache.BytesFor(config, 1, count, _model.Weights.Type)))
        {
            var kept = new KeyValueCache(config, 1, count, _model.Weights.Type, _model.Weights.Device);
            kept.CopyFrom(_cache);
            known.Add(key, kept);
        }
    }

    /// <summary>Feeds vectors and keeps only their states.</summary>
    /// <param name="vectors">Row by row.</param>
    /// <param name="count">How many.</param>
    internal void FeedVectors(float[] vectors, int count)
    {
        Tensor inputs = tensor(vectors, [1, count, _model.Config.HiddenSize], dtype: ScalarType.Float32);
        Feed(inputs.to(_model.Weights.Type).to(_model.Weights.Device));
    }

    /// <summary>Feeds tokens.</summary>
    /// <param name="ids">Prompt tokens.</param>
    /// <param name="all">Whether logits of all these places are wanted, or of the last one only.</param>
    /// <returns>The logits row by row, one per id of the vocabulary.</returns>
    internal float[] FeedTokens(ReadOnlySpan<int> ids, bool all = false)
    {
        Tensor hidden = Feed(_model.Embed(CompressionRun.Ids(ids, _model.Weights.Device)));
        Tensor asked = all ? hidden : hidden.narrow(1, hidden.size(1) - 1, 1);
        return _model.Logits(asked).cpu().data<float>().ToArray();
    }

    /// <summary>Feeds the token that was chosen last.</summary>
    /// <param name="id">The token.</param>
    /// <returns>The logits of its place, valid until the next call.</returns>
    internal ReadOnlySpan<float> FeedToken(int id)
    {
        if (_kernels is null)
        {
            return FeedTokens([id]);
        }

        _row ??= _kernels.Begin(_cache, _adapter);
        _row.Token = id;
        _row.Position = checked((int)_cache.Length);
        _kernels.Engine.Step(new ReadOnlySpan<DecodeRow>(in _row));
        _cache.Commit(1);

        // Others may step before these are read.
        _kernels.Engine.Logits(0).CopyTo(_logits);
        return _logits;
    }

    /// <summary>Forgets all positions from the given one on.</summary>
    /// <param name="length">Positions to keep.</param>
    internal void Rewind(long length) => _cache.Truncate(length);

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    private static float[] Join(IReadOnlyList<SummaryEmbeddings> prefix, int numbers)
    {
        var joined = new float[numbers];
        int offset = 0;
        foreach (SummaryEmbeddings document in prefix)
        {
            float[] vectors = SummaryPayload.Decode(document);
            vectors.CopyTo(joined, offset);
            offset += vectors.Length;
        }

        return joined;
    }

    private Tensor Feed(Tensor inputs)
    {
        long length = inputs.size(1);
        Tensor hidden = _model.Forward(
            inputs, ForwardPass.Consecutive(_cache.Length, length, inputs.device, _cache, _adapter));
        _cache.Commit(length);
        return hidden;
    }
}
