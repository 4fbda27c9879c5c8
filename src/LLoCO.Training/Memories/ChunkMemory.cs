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
    private readonly List<Tensor>[] _queries;
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
        _queries = [.. Enumerable.Range(0, model.Config.Layers).Select(_ => new List<Tensor>())];
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

    /// <summary>Reads a reference sequence behind the chunk and keeps its queries.</summary>
    /// <param name="ids">The sequence.</param>
    internal void Refer(ReadOnlySpan<int> ids)
    {
        using DisposeScope scope = NewDisposeScope();
        _model.Infer(
            Embed(ids), [new SequenceRows(_cache, ids.Length, Wanted: ids.Length) { Kept = 0 }], null,
            (layer, queries) => _queries[layer].Add(queries[0].clone().DetachFromDisposeScope()));
    }

    /// <summary>Chooses and fits the slots of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="matching">How.</param>
    internal void Fit(int layer, AttentionMatching matching)
    {
        using DisposeScope scope = NewDisposeScope();
        LlamaConfig config = _model.Config;
        Tensor queries = cat(_queries[layer], 1).cpu();
        Tensor keys = _cache.OwnKeys(layer)[0].cpu();
        Tensor values = _cache.OwnValues(layer)[0].cpu();
        int group = config.Heads / config.KeyValueHeads;
        double factor = config.Plan.ScoreFactor(config);
        for (int head = 0; head < config.KeyValueHeads; head++)
        {
            using DisposeScope one = NewDisposeScope();
            Tensor asked = queries.narrow(0, head * group, group).reshape(-1, config.HeadDimension).to(ScalarType.Float32);
            (Tensor slotKeys, Tensor slotValues, Tensor biases) = matching.Match(
                keys[head].to(ScalarType.Float32), values[head].to(ScalarType.Float32), asked, factor, _slots);
            Write(slotKeys, Place(layer, head, isValue: false));
            Write(slotValues, Place(layer, head, isValue: true));
            Write(biases.unsqueeze(1), (config.Layers * config.KeyValueHeads * 2 * config.HeadDimension) + (layer * config.KeyValueHeads) + head);
        }

        _queries[layer].ForEach(one => one.Dispose());
        _queries[layer].Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        foreach (Tensor one in _queries.SelectMany(layer => layer))
        {
            one.Dispose();
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
