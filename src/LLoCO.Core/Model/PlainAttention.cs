using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Attention of <see cref="LlamaModel"/> by operators that every device has and that have gradients.</summary>
/// <param name="config">The model.</param>
internal sealed class PlainAttention(LlamaConfig config)
{
    /// <summary>Stores the new keys and values, and attends to all stored positions.</summary>
    /// <param name="query"><c>[batch, heads, seq, head]</c>, rotated.</param>
    /// <param name="key"><c>[batch, kv heads, seq, head]</c>, rotated.</param>
    /// <param name="value">Same shape.</param>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="pass">Mask, cache, positions.</param>
    /// <returns><c>[batch, heads, seq, head]</c>.</returns>
    internal Tensor Attend(Tensor query, Tensor key, Tensor value, int layer, ForwardPass pass)
    {
        int window = config.Plan.WindowOf(layer);
        if (pass.Rows is not null)
        {
            return pass.Rows.Attend(layer, query, key, value, (one, keys, values, bias) => Once(one, keys, values, bias, window));
        }

        if (pass.Cache is not null)
        {
            (key, value) = pass.Cache.Append(layer, key, value);
        }

        if (query.size(2) == 1 && pass.Mask is null)
        {
            return Once(query, key, value, pass.Cache?.Bias(layer), window);
        }

        bool narrows = window > 0 && window < key.size(2);
        Tensor? mask = narrows ? Narrowed(pass, query.size(2), key.size(2), window) : pass.Mask;
        if (pass.Cache?.Bias(layer) is { } bias)
        {
            mask = Biased(bias, key, mask);
        }

        return nn.functional.scaled_dot_product_attention(
            query, Repeat(key), Repeat(value), mask, is_casual: pass.Causal && !narrows);
    }

    /// <summary>
    /// Decoding: one query per row, which sees all positions or the last ones. The query heads of a key/value head are treated as
    /// its queries, so the cache is not repeated for every token.
    /// </summary>
    private static Tensor Once(Tensor query, Tensor key, Tensor value, Tensor? bias, int window)
    {
        Tensor? mask = bias is null ? null : Spread(bias, key).unsqueeze(0).unsqueeze(2).to(query.dtype);
        if (window > 0 && window < key.size(2))
        {
            (key, value) = (key.narrow(2, key.size(2) - window, window), value.narrow(2, value.size(2) - window, window));
        }

        (long batch, long heads, long width) = (query.size(0), query.size(1), query.size(3));
        Tensor grouped = query.reshape(batch, key.size(1), heads / key.size(1), width);
        if (mask is not null)
        {
            mask = mask.expand(batch, key.size(1), heads / key.size(1), key.size(2));
        }

        return nn.functional.scaled_dot_product_attention(grouped, key, value, mask).reshape(batch, heads, 1, width);
    }

    /// <summary>Numbers for all keys of a layer: those of the first, then zeros; <c>[kv heads, keys]</c>.</summary>
    private static Tensor Spread(Tensor bias, Tensor key)
    {
        long rest = key.size(2) - bias.size(1);
        return rest == 0 ? bias : cat([bias, zeros([bias.size(0), rest], dtype: bias.dtype, device: bias.device)], 1);
    }

    /// <summary>A mask with what is added to the scores, for each query head.</summary>
    private Tensor Biased(Tensor bias, Tensor key, Tensor? mask)
    {
        Tensor added = Repeat(Spread(bias, key).unsqueeze(0).unsqueeze(2)).to(key.dtype);
        return mask switch
        {
            null => added,
            { dtype: ScalarType.Bool } seen => added.Filled(seen.logical_not(), double.NegativeInfinity),
            { } other => added.Plus(other),
        };
    }

    /// <summary>A pass's mask within a window. The distance of two inputs is that of their positions; behind stored ones, which
    /// have consecutive positions, that of their places.</summary>
    private static Tensor Narrowed(ForwardPass pass, long queries, long keys, int window)
    {
        long stored = keys - queries;
        Tensor near;
        if (pass.Cache is null && pass.Positions.dim() == 2)
        {
            using Tensor limit = tensor(window, dtype: ScalarType.Int64, device: pass.Positions.device);
            near = (pass.Positions.unsqueeze(2) - pass.Positions.unsqueeze(1)).lt(limit).unsqueeze(1);
        }
        else
        {
            near = ones([1, 1, queries, keys], dtype: ScalarType.Bool, device: pass.Positions.device).triu(stored - window + 1);
        }

        Tensor seen = pass.Mask is null
            ? near.logical_and(ones([queries, keys], dtype: ScalarType.Bool, device: near.device).tril(stored))
            : near;
        return pass.Mask switch
        {
            null => seen,
            { dtype: ScalarType.Bool } mask => mask.logical_and(seen),
            { } mask => mask.Filled(seen.logical_not(), double.NegativeInfinity),
        };
    }

    /// <summary>Gives each query head its key/value head: head h uses h / (heads / kv heads), neighbours together.</summary>
    private Tensor Repeat(Tensor keyValue)
    {
        int times = config.Heads / config.KeyValueHeads;
        if (times == 1)
        {
            return keyValue;
        }

        (long batch, long heads, long length, long width) =
            (keyValue.size(0), keyValue.size(1), keyValue.size(2), keyValue.size(3));
        return keyValue.unsqueeze(2).expand(batch, heads, times, length, width).reshape(batch, heads * times, length, width);
    }
}
