using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>
/// A pass without gradients on a CPU: rows of several sequences are multiplied together, each sequence attends to its own KV
/// cache, and the last layer leaves out rows whose output is not needed. Belongs to one model, used on its thread.
/// </summary>
internal sealed class InferencePass : IDisposable
{
    /// <summary>Stored positions attended to at once, which bounds what is widened of them.</summary>
    private const long StoredPositions = 8192;

    /// <summary>Queries of a layer with a window at once, which bounds their mask.</summary>
    private const long WindowRows = 512;

    private readonly LlamaModel _model;
    private readonly InferenceScript _script = new();
    private readonly Tensor[][] _weights;
    private readonly PassMemory _memory;
    private readonly List<Tensor> _views = [];

    internal InferencePass(LlamaModel model)
    {
        _model = model;
        _memory = new PassMemory(model.Config, model.Weights.Type);
        _weights = new Tensor[model.Weights.Layers.Length][];
        for (int layer = 0; layer < _weights.Length; layer++)
        {
            _weights[layer] = model.Weights.Layers[layer].ToArray(_memory.None, _views);
        }
    }

    /// <summary>Runs all layers and the final norm.</summary>
    /// <param name="inputs">Rows of all sequences one behind the other, <c>[rows, hidden]</c>.</param>
    /// <param name="sequences">The sequences; their rows add up.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/> for the base model.</param>
    /// <param name="seen">Called with each layer and the queries of the rows that it computes; of all rows in the last layer if none is
    /// wanted.</param>
    /// <returns>Outputs of the final norm at the wanted rows, <c>[wanted, hidden]</c>, in the pass's own format.</returns>
    internal Tensor Run(
        Tensor inputs, IReadOnlyList<SequenceRows> sequences, LoraAdapter? adapter, Action<int, SeenQueries>? seen = null)
    {
        LlamaConfig config = _model.Config;
        ScalarType type = ComputePath.Choose(_model.Weights.Type, inputs.size(0));
        Tensor scratch = _memory.Scratch(type);
        (Tensor Cos, Tensor Sin)[] angles = SequenceAngles.Select(_model, sequences);
        ModelPlan plan = config.Plan;
        double one = plan.NormsAddOne ? 1 : 0;
        Tensor hidden = Scale(inputs.to(type), plan.InputFactor);
        long wanted = sequences.Sum(sequence => sequence.Wanted);
        for (int layer = 0; layer < _weights.Length; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor rows = hidden;
            (Tensor cos, Tensor sin) = angles[plan.IsLocal(layer) ? 1 : 0];
            Tensor[] weights = _weights[layer];
            (Tensor[] down, Tensor[] up) = Pairs(adapter, layer);
            int turns = plan.Rotates(layer) ? 1 : 0;
            double scale = adapter is null ? 0 : adapter.Alpha / adapter.Rank;
            (Tensor normed, Tensor keys, Tensor values) = ((Tensor, Tensor, Tensor))_script.Invoke(
                "keys_values", rows, cos, sin, weights, down, up, scratch, config.NormEpsilon, scale, config.KeyValueHeads, turns, one);
            Store(layer, sequences, keys, values);
            bool trims = layer == _weights.Length - 1 && wanted < rows.size(0);
            if (trims && wanted == 0 && seen is null)
            {
                return empty([0, config.HiddenSize], dtype: type).MoveToOuterDisposeScope();
            }

            if (trims && wanted > 0)
            {
                Tensor places = tensor(SequenceRows.FindWanted(sequences), dtype: ScalarType.Int64);
                (rows, normed) = (rows.index_select(0, places), normed.index_select(0, places));
                (cos, sin) = (cos.index_select(0, places), sin.index_select(0, places));
            }

            var query = (Tensor)_script.Invoke(
                "queries", normed, cos, sin, weights, down, up, scratch, config.NormEpsilon, scale, config.Heads, turns, one);
            SharedEntries? stored = AttendShared(layer, sequences, Heads(query, 0, query.size(0)), keys.size(0), seen);
            if (trims && wanted == 0)
            {
                return empty([0, config.HiddenSize], dtype: type).MoveToOuterDisposeScope();
            }

            Tensor attended = stored?.Join(Heads(keys, 0, keys.size(0)), Heads(values, 0, values.size(0)))
                ?? Attend(layer, sequences, query, keys, values, trims);
            var next = (Tensor)_script.Invoke(
                "finish", rows, attended, cos, weights, down, up, scratch, config.NormEpsilon, scale, _memory.FeedForwardRows(rows),
                plan.ResidualFactor, one, (int)plan.Activation);
            if (layer > 0)
            {
                hidden.Dispose();
            }

            hidden = next.MoveToOuterDisposeScope();
        }

        return (Tensor)_script.Invoke("last", hidden, _model.Weights.FinalNorm, angles[0].Cos, config.NormEpsilon, one);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _views.ForEach(view => view.Dispose());
        _memory.Dispose();
        _script.Dispose();
    }

    private Tensor Scale(Tensor inputs, double factor) =>
        factor == 1 ? inputs : (Tensor)_script.Invoke("scaled", inputs, factor);

    /// <summary>Attention to entries that all sequences share, before each attends to itself; tells what was asked.</summary>
    private SharedEntries? AttendShared(
        int layer, IReadOnlyList<SequenceRows> sequences, Tensor query, long rows, Action<int, SeenQueries>? seen)
    {
        ModelPlan plan = _model.Config.Plan;
        SharedEntries? shared = SharedEntries.AreOf(sequences) && query.size(2) == rows && plan.WindowOf(layer) == 0
            ? new SharedEntries(_script, sequences, query, layer, _memory.None, StoredPositions, plan.ScoreFactor(_model.Config))
            : null;
        seen?.Invoke(layer, new SeenQueries(query) { Read = shared?.Read, Sums = shared?.Sums });
        return shared;
    }

    private Tensor Attend(
        int layer, IReadOnlyList<SequenceRows> sequences, Tensor query, Tensor keys, Tensor values, bool wantedOnly)
    {
        var attended = new List<Tensor>(sequences.Count);
        long start = 0;
        long asked = 0;
        foreach (SequenceRows sequence in sequences)
        {
            long queries = wantedOnly ? sequence.Wanted : sequence.Rows;
            long left = queries;
            foreach ((long from, long count) in sequence.Pieces())
            {
                // Possibly only the last rows of a piece are needed, and none of the first pieces.
                long rows = Math.Min(count, left - (sequence.Rows - from - count));
                if (rows > 0)
                {
                    attended.Add(AttendPiece(layer, sequence, Heads(query, asked, rows), keys, values, start, from, count));
                    asked += rows;
                    left -= rows;
                }
            }

            start += sequence.Rows;
        }

        return attended.Count == 1 ? attended[0] : cat(attended, 0);
    }

    private Tensor AttendPiece(
        int layer, SequenceRows sequence, Tensor query, Tensor keys, Tensor values, long start, long from, long count)
    {
        var allKeys = new List<Tensor>(4);
        var allValues = new List<Tensor>(4);
        foreach ((Tensor storedKeys, Tensor storedValues) in sequence.Cache?.Stored(layer, from) ?? [])
        {
            allKeys.Add(storedKeys);
            allValues.Add(storedValues);
        }

        // All queries see the positions before the first query; from there on, the causal mask is square.
        long queries = query.size(2);
        long before = count - queries;
        if (before > 0)
        {
            allKeys.Add(Heads(keys, start + from, before));
            allValues.Add(Heads(values, start + from, before));
        }

        allKeys.Add(Heads(keys, start + from + before, queries));
        allValues.Add(Heads(values, start + from + before, queries));
        double factor = _model.Config.Plan.ScoreFactor(_model.Config);
        int window = _model.Config.Plan.WindowOf(layer);
        Tensor? bias = sequence.Cache?.Bias(layer);
        return window == 0 || bias is not null
            ? (Tensor)_script.Invoke(
                "attend", query, allKeys.ToArray(), allValues.ToArray(), bias ?? _memory.None, StoredPositions, factor)
            : AttendWindow(query, allKeys, allValues, window, factor);
    }

    /// <summary>Attention within a window: block by block of the queries, each with the keys that any of them sees.</summary>
    private Tensor AttendWindow(Tensor query, List<Tensor> allKeys, List<Tensor> allValues, int window, double factor)
    {
        (Tensor keys, Tensor values) = (cat(allKeys, 2), cat(allValues, 2));
        long queries = query.size(2);
        long before = keys.size(2) - queries;
        var attended = new List<Tensor>();
        for (long start = 0; start < queries; start += WindowRows)
        {
            long count = Math.Min(WindowRows, queries - start);
            long from = Math.Max(0, before + start - window + 1);
            long seen = before + start + count - from;
            attended.Add((Tensor)_script.Invoke(
                "attend_window", query.narrow(2, start, count), keys.narrow(2, from, seen), values.narrow(2, from, seen), window,
                factor));
        }

        return attended.Count == 1 ? attended[0] : cat(attended, 0);
    }

    private static void Store(int layer, IReadOnlyList<SequenceRows> sequences, Tensor keys, Tensor values)
    {
        long start = 0;
        foreach (SequenceRows sequence in sequences)
        {
            if (sequence.Kept > 0)
            {
                sequence.Cache?.Write(layer, Heads(keys, start, sequence.Kept), Heads(values, start, sequence.Kept));
            }

            start += sequence.Rows;
        }
    }

    /// <summary>Some rows of <c>[rows, heads, head]</c> as <c>[1, heads, count, head]</c>: a view.</summary>
    private static Tensor Heads(Tensor rows, long start, long count) =>
        rows.narrow(0, start, count).unsqueeze(0).transpose(1, 2);

    private (Tensor[] Down, Tensor[] Up) Pairs(LoraAdapter? adapter, int layer)
    {
        var down = new Tensor[LayerTable.Linears];
        var up = new Tensor[LayerTable.Linears];
        for (int target = 0; target < down.Length; target++)
        {
            LoraPair? pair = adapter?.Pairs.GetValueOrDefault((layer, (LoraTarget)target));
            (down[target], up[target]) = pair is null ? (_memory.None, _memory.None) : (pair.Down, pair.Up);
        }

        return (down, up);
    }
}
