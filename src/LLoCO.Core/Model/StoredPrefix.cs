using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Key/value prefixes between PEFT's file, in which a row is a position, and memory, where a tensor is a layer.</summary>
internal static class StoredPrefix
{
    /// <summary>Compares a prefix with a model, without reading its numbers.</summary>
    /// <param name="stored">The folder, opened.</param>
    /// <param name="config">The model's shape.</param>
    /// <exception cref="CheckpointFormatException">The prefix is of another model.</exception>
    internal static void EnsureFits(PeftPrefixFolder stored, LlamaConfig config)
    {
        PeftPrefixConfig own = stored.Config;
        Compare("num_layers", own.Layers, config.Layers, "layers");
        Compare("num_attention_heads", own.Heads, config.KeyValueHeads, "key/value heads");
        Compare("token_dim", own.Width, config.KeyValueHeads * config.HeadDimension, "numbers in the keys of a position");

        void Compare(string key, int found, int expected, string what)
        {
            if (found != expected)
            {
                throw new CheckpointFormatException(
                    Path.Combine(stored.Path, PeftAdapterConfigFile.FileName), key,
                    $"the prefix has {found}, the model {expected} {what}: it was made for another model");
            }
        }
    }

    /// <summary>Loads a prefix in the model's number format.</summary>
    /// <param name="stored">The folder, opened.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="type">The model's number format.</param>
    /// <param name="device">Where the model is.</param>
    /// <returns>The keys and values; the caller is their holder.</returns>
    /// <exception cref="CheckpointFormatException">The prefix is of another model, or not finite.</exception>
    internal static PrefixKeyValues Load(PeftPrefixFolder stored, LlamaConfig config, ScalarType type, Device device)
    {
        EnsureFits(stored, config);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var scan = new FiniteScan(stored.Tensor.ElementType, TensorLoader.ToElementType(type));
        Tensor all = TensorLoader.Load(
            stored.Tensors, PeftPrefixFolder.TensorName, stored.Config.Shape, type, device, stored.File, scan.See);
        scope.Attach(all);
        scan.EnsureFinite(stored.File, PeftPrefixFolder.TensorName);
        int layers = config.Layers;
        Tensor places = all.view(stored.Config.Tokens, 2 * layers, config.KeyValueHeads, config.HeadDimension).permute(1, 2, 0, 3);
        var tensors = new Tensor[2 * layers];
        for (int layer = 0; layer < layers; layer++)
        {
            tensors[layer] = Own(places.narrow(0, 2 * layer, 1));
            tensors[layers + layer] = Own(places.narrow(0, (2 * layer) + 1, 1));
        }

        return new PrefixKeyValues(tensors[..layers], tensors[layers..]);
    }

    /// <summary>Puts keys and values into the one tensor that PEFT stores.</summary>
    /// <param name="prefix">The keys and values; not disposed.</param>
    /// <returns><c>[tokens, layers * 2 * width]</c>, in the open dispose scope.</returns>
    internal static Tensor Join(PrefixKeyValues prefix)
    {
        var places = new List<Tensor>(2 * prefix.Layers);
        for (int layer = 0; layer < prefix.Layers; layer++)
        {
            places.Add(prefix.Keys(layer));
            places.Add(prefix.Values(layer));
        }

        return cat(places, 0).permute(2, 0, 1, 3).reshape(prefix.Length, -1);
    }

    private static Tensor Own(Tensor part)
    {
        Tensor own = empty(part.shape, dtype: part.dtype, device: part.device);
        return own.copy_(part).DetachFromDisposeScope();
    }
}
