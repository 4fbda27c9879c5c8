using System.Diagnostics.CodeAnalysis;
using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Memories;

/// <summary>One chunk on its way to slots: prefill, reference queries, then layer by layer. Used on the model's thread only, in steps,
/// so that questions can run in between.</summary>
internal sealed class ChunkMemory : IDisposable
{
    private const int PassTokens = 2048;

    private readonly LlamaModel _model;
    private readonly int[] _ids;
    private readonly KeyValueCache _cache;
    private readonly List<SeenQueries>[] _seen;
    private readonly float[] _rows;
    private readonly int _slots;

    /// <summary>Makes room.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">What a prompt begins with, then the chunk.</param>
    /// <param name="slots">The slots to make.</param>
    internal ChunkMemory(LlamaModel model, int[] ids, int slots)
    {
        _model = model;
        _ids = ids;
        _slots = Math.Min(slots, ids.Length);
        _cache = new KeyValueCache(model.Config, 1, ids.Length, model.Weights.Type, model.Weights.Device);
        _seen = [.. Enumerable.Range(0, model.Config.Layers).Select(_ => new List<SeenQueries>())];
        _rows = new float[checked(_slots * KeyValueMemory.Width(model.Config))];
    }

    /// <summary>Gets the slots row by row, after the last layer.</summary>
    internal float[] Rows => _rows;

    /// <summary>Reads the next part of the chunk.</summary>
    /// <returns>Whether there is more.</returns>
    internal bool Prefill()
    {
        using DisposeScope scope = NewDisposeScope();
        int start = (int)_cache.Length;
        int rows = Math.Min(PassTokens, _ids.Length - start);
        _model.Infer(Embed(_ids.AsSpan(start, rows)), [new SequenceRows(_cache, rows, Wanted: 0)]);
        _cache.Commit(rows);
        return _cache.Length < _ids.Length;
    }

    /// <summary>Reads reference sequences behind the chunk, none of which sees another, and keeps what they asked.</summary>
    /// <param name="sequences">The sequences.</param>
    internal void Refer(IReadOnlyList<int[]> sequences)
    {
        using DisposeScope scope = NewDisposeScope();
        _model.Infer(
            Embed([.. sequences.SelectMany(ids => ids)]),
            [.. sequences.Select(ids => new SequenceRows(_cache, ids.Length, Wanted: 0) { Kept = 0 })],
            null,
            (layer, seen) => _seen[layer].Add(new SeenQueries(Keep(seen.Queries)) { Read = Keep(seen.Read), Sums = Keep(seen.Sums) }));
    }

    /// <summary>Chooses and fits the slots of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="matching">How.</param>
    internal void Fit(int layer, AttentionMatching matching)
    {
        using DisposeScope scope = NewDisposeScope();
        LlamaConfig config = _model.Config;
        Tensor keys = _cache.OwnKeys(layer)[0].cpu();
        Tensor values = _cache.OwnValues(layer)[0].cpu();
        for (int head = 0; head < config.KeyValueHeads; head++)
        {
            using DisposeScope one = NewDisposeScope();
            Tensor ownKeys = keys[head].to(ScalarType.Float32);
            Tensor ownValues = values[head].to(ScalarType.Float32);
            (Tensor slotKeys, Tensor slotValues, Tensor biases) =
                matching.Match(ownKeys, ownValues, Asked(layer, head, ownKeys, ownValues), _slots);
            Write(slotKeys, Place(layer, head, isValue: false));
            Write(slotValues, Place(layer, head, isValue: true));
            Write(biases.unsqueeze(1), (config.Layers * config.KeyValueHeads * 2 * config.HeadDimension) + (layer * config.KeyValueHeads) + head);
        }

        _seen[layer].ForEach(Forget);
        _seen[layer].Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        foreach (SeenQueries one in _seen.SelectMany(layer => layer))
        {
            Forget(one);
        }
    }

    [return: NotNullIfNotNull(nameof(seen))]
    private static Tensor? Keep(Tensor? seen) => seen?[0].cpu().clone().DetachFromDisposeScope();

    private static void Forget(SeenQueries seen)
    {
        seen.Queries.Dispose();
        seen.Read?.Dispose();
        seen.Sums?.Dispose();
    }

    /// <summary>What a head's queries read, as the pass computed it if it did.</summary>
    private ReferenceQueries Asked(int layer, int head, Tensor keys, Tensor values)
    {
        LlamaConfig config = _model.Config;
        int group = config.Heads / config.KeyValueHeads;
        double factor = config.Plan.ScoreFactor(config);
        Tensor queries = Own(one => one.Queries);
        return _seen[layer].TrueForAll(one => one.Read is not null)
            ? new ReferenceQueries(queries.Times(factor), Own(one => one.Read!), Own(one => one.Sums!.unsqueeze(2)))
            : ReferenceQueries.From(queries, keys, values, factor);

        Tensor Own(Func<SeenQueries, Tensor> part)
        {
            Tensor[] rows = [.. _seen[layer].Select(one => part(one).narrow(0, head * group, group))];
            Tensor all = cat(rows, 1);
            return all.reshape(-1, all.size(2)).to(ScalarType.Float32);
        }
    }

    private int Place(int layer, int head, bool isValue)
    {
        LlamaConfig config = _model.Config;
        return ((((layer * 2) + (isValue ? 1 : 0)) * config.KeyValueHeads) + head) * config.HeadDimension;
    }

    private void Write(Tensor rows, int column)
    {
        float[] numbers = rows.contiguous().data<float>().ToArray();
        int width = (int)rows.size(1);
        int all = _rows.Length / _slots;
        for (int row = 0; row < _slots; row++)
        {
            numbers.AsSpan(row * width, width).CopyTo(_rows.AsSpan((row * all) + column, width));
        }
    }

    private Tensor Embed(ReadOnlySpan<int> ids) => _model.Embed(CompressionRun.Ids(ids, _model.Weights.Device))[0];
}
