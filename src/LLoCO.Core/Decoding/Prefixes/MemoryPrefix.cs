using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding.Prefixes;

/// <summary>Makes the prefix of stored key/value memories: keys are rotated on to the place of their segment, nothing is computed
/// by the model.</summary>
internal static class MemoryPrefix
{
    /// <summary>Makes the prefix of documents. Used on the model's thread only.</summary>
    /// <param name="model">The model.</param>
    /// <param name="documents">Key/value memories of this model.</param>
    /// <param name="slots">Most slots of each document; 0 for all.</param>
    /// <param name="layout">Where several lie.</param>
    /// <returns>The entries; the caller is their holder.</returns>
    internal static PrefixKeyValues Build(LlamaModel model, IReadOnlyList<SummaryEmbeddings> documents, int slots, PrefixPlaces layout)
    {
        LlamaConfig config = model.Config;
        EnsureReadable(config);
        (int[] starts, int positions) = KeyValueMemory.Arrange(
            [.. documents.Select(document => KeyValueMemory.CountPositions(document, config.MaxPositions))], config.MaxPositions, layout);
        StoredSlots[] parts = [.. documents.SelectMany((document, i) => StoredSlots.Find(document, slots, starts[i], config.MaxPositions))];
        return SlotWriter.Write(model, parts, positions);
    }

    /// <summary>Makes the prefix of one memory for readers to whom a slot is a position: what follows begins at as many positions as there
    /// are slots, and the keys are turned so that it is as far from them as it was.</summary>
    /// <param name="model">The model.</param>
    /// <param name="document">A key/value memory of this model.</param>
    /// <returns>The entries; the caller is their holder.</returns>
    internal static PrefixKeyValues Pack(LlamaModel model, SummaryEmbeddings document)
    {
        LlamaConfig config = model.Config;
        EnsureReadable(config);
        int start = document.Count - KeyValueMemory.CountPositions(document, config.MaxPositions);
        return SlotWriter.Write(model, [.. StoredSlots.Find(document, 0, start, config.MaxPositions)], document.Count);
    }

    /// <summary>Refuses a model whose layers read something else than all entries in front, or rotate by the length of the
    /// whole.</summary>
    /// <param name="config">The model's shape.</param>
    /// <exception cref="LlocoException">It has windows shorter than its native one, or longrope.</exception>
    internal static void EnsureReadable(LlamaConfig config)
    {
        if (config.RopeScaling.Long is not null)
        {
            throw new LlocoException("Key/value memories cannot be made for this model: longrope rotates the keys of a text by its whole "
                + "length, which is not known when a memory is made. Use a model without longrope.");
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            if (config.Plan.WindowOf(layer) is > 0 and int window && new WindowBudget(config.MaxPositions) { RawText = window }.Room > 0)
            {
                throw new LlocoException($"Key/value memories cannot be made for this model: its layer {layer} sees the last {window} "
                    + $"positions only, of {config.MaxPositions}. Use a model whose layers see all positions.");
            }
        }
    }

    /// <summary>Takes rows apart by layer and turns the keys to their places. Gradients flow through.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="rows">Slots as <see cref="KeyValueMemory"/> lays them out, <c>[slots, width]</c>, float32.</param>
    /// <param name="places">Where each slot's segment begins.</param>
    /// <returns>Keys and values of each layer, <c>[1, kv heads, slots, head]</c>, and biases, <c>[kv heads, slots]</c>; in the open
    /// dispose scope.</returns>
    internal static (Tensor Keys, Tensor Values, Tensor Biases)[] Lay(LlamaConfig config, Tensor rows, int[] places)
    {
        (long layers, long heads, long width) = (config.Layers, config.KeyValueHeads, config.HeadDimension);
        long numbers = layers * 2 * heads * width;
        Tensor entries = rows.narrow(1, 0, numbers).view(places.Length, layers, 2, heads, width).permute(1, 2, 3, 0, 4);
        Tensor biases = rows.narrow(1, numbers, layers * heads).view(places.Length, layers, heads).permute(1, 2, 0);
        (Tensor Cos, Tensor Sin) angles = Angles(config, places, local: false, rows.device);
        (Tensor Cos, Tensor Sin) local = config.Plan.LocalRopeTheta is null ? angles : Angles(config, places, local: true, rows.device);
        var laid = new (Tensor Keys, Tensor Values, Tensor Biases)[layers];
        for (int layer = 0; layer < layers; layer++)
        {
            Tensor key = entries[layer][0].unsqueeze(0);
            (Tensor cos, Tensor sin) = config.Plan.IsLocal(layer) ? local : angles;
            laid[layer] = (
                config.Plan.Rotates(layer) ? RotaryTable.Rotate(key, cos, sin) : key, entries[layer][1].unsqueeze(0), biases[layer]);
        }

        return laid;
    }

    /// <summary>Cosines and sines of turns by whole positions. The factor of some scalings is in the keys already.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="places">The positions.</param>
    /// <param name="local">Whether those of layers that see a window only.</param>
    /// <returns>For each place as many numbers as there are frequencies.</returns>
    internal static (float[] Cosines, float[] Sines) Turns(LlamaConfig config, ReadOnlySpan<int> places, bool local)
    {
        double[] frequencies = RotaryFrequencies.Create(config, local).Short;
        var cosines = new float[places.Length * frequencies.Length];
        var sines = new float[cosines.Length];
        for (int i = 0; i < cosines.Length; i++)
        {
            (double sine, double cosine) = Math.SinCos(places[i / frequencies.Length] * frequencies[i % frequencies.Length]);
            (cosines[i], sines[i]) = ((float)cosine, (float)sine);
        }

        return (cosines, sines);
    }

    private static (Tensor Cos, Tensor Sin) Angles(LlamaConfig config, int[] places, bool local, Device device)
    {
        (float[] cosines, float[] sines) = Turns(config, places, local);
        long[] shape = [1, 1, places.Length, cosines.Length / places.Length];
        return (tensor(cosines, shape, device: device), tensor(sines, shape, device: device));
    }
}
