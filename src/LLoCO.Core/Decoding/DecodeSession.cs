using LLoCO.Core.Compression;
using LLoCO.Core.Compression.Published;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding;

/*
 *   positions   0 … S-1               S … S+P-1        S+P, S+P+1, …
 *   inputs      [ summary prefix ]    [ prompt ]       [ token ] [ token ] …
 *   passes      1 per 512, or none:   1 per 2,048      1 each
 *               read where the        tokens
 *               prefix cache keeps it
 *   computed    libtorch              libtorch         kernels, where there are any: short prefixes and prompts, too
 *
 * The prefix is a pass of its own, whether it is cached or not: then an answer does not depend on what was asked before. Its
 * keys and values are never copied: answers to the same documents read the same ones, each with its own behind them.
 */

/// <summary>One answer in progress: its KV cache and its next logits. Used on the model's thread only.</summary>
internal sealed class DecodeSession : IDisposable
{
    /// <summary>Rows of a pass: enough for full speed, and so few that a long prompt needs no more memory than a short
    /// one.</summary>
    internal const int PassTokens = 2048;

    private readonly LlamaModel _model;
    private readonly LoraAdapter? _adapter;
    private readonly KeyValueCache _cache;
    private readonly KernelDecoder? _kernels;
    private readonly float[] _logits;
    private readonly SessionInputs? _inputs;
    private long _prefix;
    private DecodeSequence? _row;
    private bool _rowIsPlain;

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
        _inputs = model.Config.RopeScaling.Long is null ? null : new SessionInputs(model.Config.RopeScaling);
        _cache = new KeyValueCache(model.Config, 1, capacity, model.Weights.Type, model.Weights.Device);
    }

    /// <summary>Gets the keys and values so far.</summary>
    internal KeyValueCache KeyValues => _cache;

    /// <summary>Gets the adapter that is merged into the model, if any. It is part of the key of prefixes.</summary>
    internal LoraAdapter? Merged { get; init; }

    /// <summary>Gets the tokens of the prompt, where they are known before the prefix: it need not be computed twice then.</summary>
    internal int PromptTokens { get; init; }

    /// <summary>Gets the model.</summary>
    internal LlamaModel Model => _model;

    /// <summary>Gets the adapter that passes apply.</summary>
    internal LoraAdapter? Adapter => _adapter;

    /// <summary>Puts summary embeddings in front, before anything else is fed.</summary>
    /// <param name="prefix">The summary embeddings; may be empty.</param>
    /// <param name="known">Where keys and values of earlier prefixes are kept.</param>
    internal void FeedPrefix(IReadOnlyList<SummaryEmbeddings> prefix, PrefixCache known)
    {
        if (prefix.Any(document => document.Count > 0))
        {
            PrefixKeyValues keyValues = known.GetOrAdd(KeyOf(prefix, known.Frame), () => Compute(prefix, known.Frame));
            Attach(keyValues, prefix, known);
        }
    }

    /// <summary>Makes sure that the KV cache entries of a prefix are kept, without attaching it.</summary>
    /// <param name="prefix">The summary embeddings; at least one.</param>
    /// <param name="known">Where they are kept.</param>
    /// <returns>Whether they were computed now.</returns>
    internal bool PreparePrefix(IReadOnlyList<SummaryEmbeddings> prefix, PrefixCache known) =>
        known.Prepare(KeyOf(prefix, known.Frame), () => Compute(prefix, known.Frame));

    /// <summary>Puts vectors in front, before anything else is fed.</summary>
    /// <param name="vectors">Row by row.</param>
    /// <param name="count">How many.</param>
    internal void FeedVectors(float[] vectors, int count)
    {
        Attach(Compute(_model.Config.RopeScaling.IsLong(count)), Compute);

        PrefixKeyValues Compute(bool isLong) => new PrefixPrefill(_model, _adapter, vectors, count, isLong, _kernels).ReadToEnd();
    }

    /// <summary>Puts keys and values of a prefix in front, before anything else is fed.</summary>
    /// <param name="keyValues">The keys and values; taken over.</param>
    /// <param name="prefix">The summary embeddings that they are of.</param>
    /// <param name="known">Where keys and values of prefixes are kept.</param>
    internal void Attach(PrefixKeyValues keyValues, IReadOnlyList<SummaryEmbeddings> prefix, PrefixCache known) => Attach(
        keyValues,
        isLong => known.GetOrAdd(
            PrefixKey.Create(prefix, Merged ?? _adapter, isLong, known.Frame.Count(prefix.Count)),
            () => PrefixPrefill.Create(_model, _adapter, prefix, known.Frame, isLong, _kernels).ReadToEnd()));

    /// <summary>Puts keys and values in front that are given, and stay the same whatever the angles behind them.</summary>
    /// <param name="give">Gives the keys and values, each time with another holder.</param>
    internal void Attach(Func<PrefixKeyValues> give) => Attach(give(), _ => give());

    /// <summary>Begins to compute the keys and values of a prefix, for <c>Attach</c>.</summary>
    /// <param name="prefix">The summary embeddings; at least one vector.</param>
    /// <param name="frame">What stands around them.</param>
    internal PrefixPrefill BeginPrefix(IReadOnlyList<SummaryEmbeddings> prefix, PrefixFrame frame) =>
        PrefixPrefill.Create(_model, _adapter, prefix, frame, IsLong(prefix, frame), _kernels);

    /// <summary>The key of a prefix of this session in the prefix cache.</summary>
    /// <param name="prefix">The summary embeddings.</param>
    /// <param name="frame">What stands around them.</param>
    internal PrefixKey KeyOf(IReadOnlyList<SummaryEmbeddings> prefix, PrefixFrame frame) =>
        PrefixKey.Create(prefix, Merged ?? _adapter, IsLong(prefix, frame), frame.Count(prefix.Count));

    /// <summary>Makes the session ready for tokens of the prompt or of the answer that another object feeds.</summary>
    /// <param name="ids">The tokens.</param>
    internal void Prepare(ReadOnlySpan<int> ids)
    {
        if (_inputs?.Prepare(_cache, ids, _prefix + PromptTokens, Feed) == true)
        {
            _row = null;
        }
    }

    /// <summary>Runs tokens after the KV cache, and appends their entries to it.</summary>
    /// <param name="ids">Prompt tokens.</param>
    /// <param name="all">Whether to compute logits at all these positions, or only at the last one.</param>
    /// <returns>The logits row by row, one per id of the vocabulary.</returns>
    internal float[] FeedTokens(ReadOnlySpan<int> ids, bool all = false)
    {
        Prepare(ids);
        return Feed(ids, all);
    }

    private void Feed(int[] ids) => Feed(ids, all: false);

    private float[] Feed(ReadOnlySpan<int> ids, bool all)
    {
        TorchMode.Use();
        var logits = new List<float[]>(1);
        for (int start = 0; start < ids.Length; start += PassTokens)
        {
            using DisposeScope scope = NewDisposeScope();
            ReadOnlySpan<int> part = ids.Slice(start, Math.Min(PassTokens, ids.Length - start));
            bool ends = start + part.Length == ids.Length;
            Tensor inputs = _model.Embed(CompressionRun.Ids(part, _model.Weights.Device))[0];
            Tensor hidden = Pass(_cache, inputs, all ? part.Length : ends ? 1 : 0);
            if (hidden.size(0) > 0)
            {
                logits.Add(TensorMemory.Copy(_model.Logits(hidden).cpu()));
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

        DecodeSequence row = Row(id);
        _kernels.Engine.Step(new ReadOnlySpan<DecodeSequence>(in row));
        Commit();

        // Copied, because other sequences may step before these logits are read.
        _kernels.Engine.Logits(0).CopyTo(_logits);
        return _logits;
    }

    /// <summary>Removes everything after the first positions, to continue differently from there.</summary>
    /// <param name="positions">Positions to keep.</param>
    internal void Truncate(long positions) => _cache.Truncate(positions);

    /// <summary>Gets the kernels' input for the next step; call <see cref="Commit"/> after the step.</summary>
    /// <param name="id">The token that was chosen last.</param>
    internal DecodeSequence Row(int id)
    {
        Prepare([id]);
        if (_row is null || _rowIsPlain != _cache.IsPlain)
        {
            (_row, _rowIsPlain) = (_kernels!.Begin(_cache, _adapter), _cache.IsPlain);
        }

        _row.Token = id;
        _row.Position = checked((int)_cache.Length);
        return _row;
    }

    /// <summary>Gets the kernels' inputs of a prefill; commit their positions after it.</summary>
    /// <param name="ids">The tokens; at least one.</param>
    internal DecodeSequence[] Rows(ReadOnlySpan<int> ids)
    {
        DecodeSequence first = Row(ids[0]);
        var rows = new DecodeSequence[ids.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = new DecodeSequence(first.Cache, first.Adapter) { Token = ids[row], Position = first.Position + row };
        }

        return rows;
    }

    /// <summary>Adds the position that the kernels computed to the answer.</summary>
    internal void Commit() => _cache.Commit(1);

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    private bool IsLong(IReadOnlyList<SummaryEmbeddings> prefix, PrefixFrame frame) => _model.Config.RopeScaling.IsLong(
        prefix.Sum(document => document.Count) + frame.Count(prefix.Count) + PromptTokens);

    private void Attach(PrefixKeyValues keyValues, Func<bool, PrefixKeyValues> compute)
    {
        _prefix = keyValues.Length;
        _cache.Attach(keyValues);
        if (_inputs is not null)
        {
            _inputs.Prefix = compute;
        }
    }

    private PrefixKeyValues Compute(IReadOnlyList<SummaryEmbeddings> prefix, PrefixFrame frame) => BeginPrefix(prefix, frame).ReadToEnd();

    private Tensor Pass(KeyValueCache cache, Tensor inputs, long wanted)
    {
        long rows = inputs.size(0);
        Tensor hidden = _model.Infer(inputs, [new SequenceRows(cache, rows, wanted)], _adapter);
        cache.Commit(rows);
        return hidden;
    }
}
