using LLoCO.Core.Compression;
using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding;

/*
 *   positions   0 … S-1               S … S+P-1        S+P, S+P+1, …
 *   inputs      [ summary prefix ]    [ prompt ]       [ token ] [ token ] …
 *   passes      1, or none: read      1 per 2,048      1 each
 *               where the prefix      tokens
 *               cache keeps it
 *   computed    libtorch              libtorch         kernels, where there are any
 *
 * The prefix is a pass of its own, whether it is cached or not: then an answer does not depend on what was asked before. Its
 * states are never copied: answers to the same documents read the same ones, each with its own behind them.
 */

/// <summary>One answer under way: its key/value cache and its next logits. Used on the model's thread only.</summary>
internal sealed class DecodeSession : IDisposable
{
    /// <summary>Rows of a pass: enough for full speed, and few enough that a long prompt needs no more memory than a short
    /// one.</summary>
    internal const int PassRows = 2048;

    private readonly LlamaModel _model;
    private readonly LoraAdapter? _adapter;
    private readonly KeyValueCache _cache;
    private readonly KernelDecoder? _kernels;
    private readonly float[] _logits;
    private DecodeRow? _row;

    /// <summary>Allocates room for an answer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/> for the base model.</param>
    /// <param name="capacity">Positions of prompt and answer together.</param>
    /// <param name="kernels">Generates tokens, or <see langword="null"/> for libtorch.</param>
    internal DecodeSession(LlamaModel model, LoraAdapter? adapter, long capacity, KernelDecoder? kernels = null)
    {
        _kernels = kernels;
        _logits = kernels is null ? [] : new float[model.Config.VocabularySize];
        _model = model;
        _adapter = adapter;
        _cache = new KeyValueCache(model.Config, 1, capacity, model.Weights.Type, model.Weights.Device);
    }

    /// <summary>Gets the states so far.</summary>
    internal KeyValueCache States => _cache;

    /// <summary>Gets the adapter that is merged into the model, if one is: prefixes are known by it.</summary>
    internal LoraAdapter? Merged { get; init; }

    /// <summary>Gets the model.</summary>
    internal LlamaModel Model => _model;

    /// <summary>Puts summary embeddings in front, before anything else is fed.</summary>
    /// <param name="prefix">The summary embeddings; may be empty.</param>
    /// <param name="known">Where states of earlier prefixes are kept.</param>
    internal void FeedPrefix(IReadOnlyList<SummaryEmbeddings> prefix, PrefixCache known)
    {
        int count = prefix.Sum(document => document.Count);
        if (count == 0)
        {
            return;
        }

        _cache.Attach(known.GetOrAdd(KeyOf(prefix), () => Compute(prefix, count)));
    }

    /// <summary>Makes sure that the states of a prefix are kept, without putting it in front.</summary>
    /// <param name="prefix">The summary embeddings; at least one.</param>
    /// <param name="known">Where they are kept.</param>
    /// <returns>Whether they were computed now.</returns>
    internal bool PreparePrefix(IReadOnlyList<SummaryEmbeddings> prefix, PrefixCache known) =>
        known.Prepare(KeyOf(prefix), () => Compute(prefix, prefix.Sum(document => document.Count)));

    /// <summary>Puts vectors in front, before anything else is fed.</summary>
    /// <param name="vectors">Row by row.</param>
    /// <param name="count">How many.</param>
    internal void FeedVectors(float[] vectors, int count) => _cache.Attach(Compute(vectors, count));

    /// <summary>Feeds tokens.</summary>
    /// <param name="ids">Prompt tokens.</param>
    /// <param name="all">Whether logits of all these places are wanted, or of the last one only.</param>
    /// <returns>The logits row by row, one per id of the vocabulary.</returns>
    internal float[] FeedTokens(ReadOnlySpan<int> ids, bool all = false)
    {
        var logits = new List<float[]>(1);
        for (int start = 0; start < ids.Length; start += PassRows)
        {
            using DisposeScope scope = NewDisposeScope();
            ReadOnlySpan<int> part = ids.Slice(start, Math.Min(PassRows, ids.Length - start));
            bool ends = start + part.Length == ids.Length;
            Tensor inputs = _model.Embed(CompressionRun.Ids(part, _model.Weights.Device))[0];
            Tensor hidden = Pass(_cache, inputs, all ? part.Length : ends ? 1 : 0);
            if (hidden.size(0) > 0)
            {
                logits.Add(_model.Logits(hidden).cpu().data<float>().ToArray());
            }
        }

        return logits.Count == 1 ? logits[0] : [.. logits.SelectMany(row => row)];
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

        DecodeRow row = Row(id);
        _kernels.Engine.Step(new ReadOnlySpan<DecodeRow>(in row));
        Commit();

        // Others may step before these are read.
        _kernels.Engine.Logits(0).CopyTo(_logits);
        return _logits;
    }

    /// <summary>Forgets what was fed behind the first positions, to go on from there in another way.</summary>
    /// <param name="positions">Positions to keep.</param>
    internal void Truncate(long positions) => _cache.Truncate(positions);

    /// <summary>Says what the kernels are to feed next; <see cref="Commit"/> follows when they have.</summary>
    /// <param name="id">The token that was chosen last.</param>
    internal DecodeRow Row(int id)
    {
        _row ??= _kernels!.Begin(_cache, _adapter);
        _row.Token = id;
        _row.Position = checked((int)_cache.Length);
        return _row;
    }

    /// <summary>Makes the position that the kernels have fed part of the answer.</summary>
    internal void Commit() => _cache.Commit(1);

    /// <summary>Feeds one token to each of several answers, in one pass through libtorch.</summary>
    /// <param name="model">Their model.</param>
    /// <param name="sessions">The answers, each once.</param>
    /// <param name="ids">The token of each.</param>
    /// <returns>The logits row by row, in the order of the answers.</returns>
    internal static float[] FeedRows(LlamaModel model, DecodeSession[] sessions, int[] ids)
    {
        // Rows of one adapter stand together, so that its pairs multiply them at once.
        int[] order = [.. sessions.Select((session, row) => (session, row))
            .GroupBy(entry => (object?)entry.session._adapter ?? model).SelectMany(group => group.Select(entry => entry.row))];
        DecodeSession[] rows = Array.ConvertAll(order, row => sessions[row]);
        Device device = model.Weights.Device;
        long[] starts = Array.ConvertAll(rows, row => row._cache.Length);
        Tensor positions = tensor(starts, [rows.Length, 1], dtype: ScalarType.Int64, device: device);
        Tensor inputs = model.Embed(CompressionRun.Ids(Array.ConvertAll(order, row => ids[row]), device).view(-1, 1));
        var pass = new ForwardPass(positions, starts.Max() + 1)
        {
            Rows = new RowBatch(Array.ConvertAll(rows, row => row._cache), Array.ConvertAll(rows, row => row._adapter)),
        };
        Tensor hidden = model.Forward(inputs, pass);
        long[] back = new long[order.Length];
        for (int place = 0; place < order.Length; place++)
        {
            back[order[place]] = place;
        }

        Tensor sorted = hidden.index_select(0, tensor(back, dtype: ScalarType.Int64, device: device));
        float[] logits = model.Logits(sorted).cpu().data<float>().ToArray();
        foreach (DecodeSession row in rows)
        {
            row._cache.Commit(1);
        }

        return logits;
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    private PrefixKey KeyOf(IReadOnlyList<SummaryEmbeddings> prefix) => PrefixKey.Of(prefix, Merged ?? _adapter);

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

    private PrefixStates Compute(IReadOnlyList<SummaryEmbeddings> prefix, int count) =>
        Compute(Join(prefix, count * _model.Config.HiddenSize), count);

    private PrefixStates Compute(float[] vectors, int count)
    {
        LlamaWeights weights = _model.Weights;
        int width = _model.Config.HiddenSize;
        var states = new KeyValueCache(_model.Config, 1, count, weights.Type, weights.Device);
        try
        {
            for (int start = 0; start < count; start += PassRows)
            {
                using DisposeScope scope = NewDisposeScope();
                int rows = Math.Min(PassRows, count - start);
                Tensor inputs = tensor(
                    vectors.AsSpan(start * width, rows * width).ToArray(), [rows, width], dtype: ScalarType.Float32);
                Pass(states, inputs.to(weights.Type).to(weights.Device), wanted: 0);
            }

            return states.Freeze();
        }
        catch
        {
            states.Dispose();
            throw;
        }
    }

    private Tensor Pass(KeyValueCache cache, Tensor inputs, long wanted)
    {
        long rows = inputs.size(0);
        Tensor hidden = _model.Infer(inputs, [new SequenceRows(cache, rows, wanted)], _adapter);
        cache.Commit(rows);
        return hidden;
    }
}
