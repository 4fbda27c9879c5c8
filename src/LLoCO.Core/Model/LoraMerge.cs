using LLoCO.Core.Lora;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/*
 *   base      q  k  v  o  gate  up  down   …                     compresses, and answers with every other adapter
 *   merged    q' k' v' o' ─────────────────┘ shared with base    answers with this adapter, without its own multiplications
 *
 *   W' = W + (alpha / r) B A     summed in float32, kept in the format of W
 *
 * A copy and not a change in place: the base must stay for compressing, and taking a sum of 16-bit numbers back by subtracting
 * would leave its rounding behind.
 */

/// <summary>Merges an adapter into a copy of the weights that it changes.</summary>
internal static class LoraMerge
{
    /// <summary>Creates a model that computes the same as another one with an adapter.</summary>
    /// <param name="model">The model; must outlive the new one, which shares all weights that the adapter does not
    /// change.</param>
    /// <param name="adapter">The adapter, on the model's device.</param>
    /// <returns>A model for use without an adapter; disposing it releases only the copies.</returns>
    internal static LlamaModel Merge(LlamaModel model, LoraAdapter adapter)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return new LlamaModel(model.Weights.With(
            (layer, target, weight) => adapter.Pairs.TryGetValue((layer, target), out LoraPair? pair)
                ? Sum(weight, pair, adapter.Alpha / adapter.Rank)
                : null));
    }

    private static Tensor Sum(Tensor weight, LoraPair pair, double factor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor share = mm(pair.Up, pair.Down).Times(factor);
        return weight.to(ScalarType.Float32).Plus(share).to(weight.dtype).DetachFromDisposeScope();
    }
}
