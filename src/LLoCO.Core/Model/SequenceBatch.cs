using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>The rows of a pass in which each row is a separate answer, with its own KV cache, length and adapter. All rows share
/// the weights; the other work is done range by range or row by row.</summary>
internal sealed class SequenceBatch
{
    private readonly IReadOnlyList<KeyValueStore> _caches;
    private readonly List<(LoraAdapter Adapter, int Start, int Count)> _adapted = [];

    /// <summary>Joins sequences, each with its own KV cache and adapter, for one pass.</summary>
    /// <param name="caches">Each row's stored keys and values.</param>
    /// <param name="adapters">Each row's adapter, or <see langword="null"/>. Rows of one adapter are adjacent.</param>
    internal SequenceBatch(IReadOnlyList<KeyValueStore> caches, IReadOnlyList<LoraAdapter?> adapters)
    {
        _caches = caches;
        for (int start = 0, end; start < adapters.Count; start = end)
        {
            for (end = start + 1; end < adapters.Count && adapters[end] == adapters[start]; end++)
            {
            }

            if (adapters[start] is { } adapter)
            {
                _adapted.Add((adapter, start, end - start));
            }
        }
    }

    /// <summary>Adds the adapters' shares to a linear layer's output, in place.</summary>
    /// <param name="output"><c>[rows, 1, out]</c>.</param>
    /// <param name="input"><c>[rows, 1, in]</c>.</param>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="target">The linear layer.</param>
    internal Tensor Adapt(Tensor output, Tensor input, int layer, LoraTarget target)
    {
        foreach ((LoraAdapter adapter, int start, int count) in _adapted)
        {
            if (adapter.Pairs.ContainsKey((layer, target)))
            {
                Tensor part = output.narrow(0, start, count);
                part.copy_(adapter.Apply(part, input.narrow(0, start, count), layer, target));
            }
        }

        return output;
    }

    /// <summary>Stores each row's key and value, and attends to all stored positions of the row.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="query"><c>[rows, heads, 1, head]</c>.</param>
    /// <param name="key"><c>[rows, kv heads, 1, head]</c>.</param>
    /// <param name="value">Same shape.</param>
    /// <param name="attend">Attention of one row.</param>
    /// <returns><c>[rows, heads, 1, head]</c>.</returns>
    internal Tensor Attend(int layer, Tensor query, Tensor key, Tensor value, Func<Tensor, Tensor, Tensor, Tensor?, Tensor> attend)
    {
        var attended = new Tensor[_caches.Count];
        for (int row = 0; row < attended.Length; row++)
        {
            (Tensor keys, Tensor values) = _caches[row].Append(layer, key.narrow(0, row, 1), value.narrow(0, row, 1));
            attended[row] = attend(query.narrow(0, row, 1), keys, values, _caches[row].Bias(layer));
        }

        return cat(attended, 0);
    }
}
