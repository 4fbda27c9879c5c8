using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Lora;

/*
 *   file      A [r, in], B [out, r], scale s      r and s may differ from module to module (rank_pattern, alpha_pattern)
 *   memory    A [R, in], B [out, R], scale S      one R and S for all: rows and columns of zeros, and B times s / S
 *
 * s B A is the same either way. One rank and one scale for all is what the passes and the kernels are made for.
 */

/// <summary>Reads the pairs of an adapter folder.</summary>
/// <param name="peft">The folder, opened.</param>
/// <param name="config">The model's shape; every weight is checked against it.</param>
/// <param name="device">Where the model is.</param>
internal sealed class LoraPairReader(PeftAdapterFolder peft, LlamaConfig config, Device device)
{
    /// <summary>Reads the adapter.</summary>
    /// <param name="name">The name under which requests ask for it.</param>
    /// <exception cref="CheckpointFormatException">A weight does not fit the model, or is not finite.</exception>
    internal LoraAdapter Read(string name)
    {
        peft.EnsureComplete(LayerTable.Modules(config).Select(module => module.Module));
        PeftTensorName[] ups = Ups();
        int rank = ups.Max(tensor => peft.Scales.RankOf(tensor.Path));
        double scale = peft.Scales.ScaleOf(ups[0].Path);
        var pairs = new Dictionary<(int Layer, LoraTarget Target), LoraPair>();
        try
        {
            foreach (PeftTensorName up in ups)
            {
                (LazyTensor down, LazyTensor whole) = Pair(up, rank, scale);
                LoraPair.Add(pairs, up.Layer, Module(up), config, down, whole);
            }

            // Alpha itself where it is meant for all: a quotient times the rank may be another number in its last bit.
            bool plain = scale == peft.Config.Alpha / rank;
            return new LoraAdapter(name, rank, plain ? peft.Config.Alpha : scale * rank, pairs);
        }
        catch
        {
            foreach (LoraPair pair in pairs.Values)
            {
                pair.Dispose();
            }

            throw;
        }
    }

    /// <summary>Compares names and shapes with the model's, without reading weights.</summary>
    /// <exception cref="CheckpointFormatException">A weight does not fit the model.</exception>
    internal void Check()
    {
        peft.EnsureComplete(LayerTable.Modules(config).Select(module => module.Module));
        foreach (PeftTensorName up in Ups())
        {
            (PeftTensorName Name, long[] Shape)[] pair = Shapes(up);
            foreach ((PeftTensorName name, long[] shape) in pair)
            {
                TensorLoader.Check(peft.Tensors, name.ToString(), shape, ScalarType.Float32, peft.Path);
            }
        }
    }

    private PeftTensorName[] Ups() =>
        [.. peft.Tensors.Tensors.Keys.Select(tensor => PeftTensorName.Parse(tensor)!.Value).Where(tensor => tensor.IsB)];

    /// <summary>A and B of a pair with the shapes that the model asks for.</summary>
    private (PeftTensorName Name, long[] Shape)[] Shapes(PeftTensorName up)
    {
        if (up.Layer >= config.Layers)
        {
            throw new CheckpointFormatException(peft.Path, up.ToString(), $"the model has {config.Layers} layers only.");
        }

        long[] shape = Module(up).Shape(config);
        int own = peft.Scales.RankOf(up.Path);
        return [(up.Partner, [own, shape[1]]), (up, [shape[0], own])];
    }

    private StoredWeight Module(PeftTensorName name)
    {
        StoredWeight[] modules = [.. LayerTable.Modules(config)];
        return Array.Find(modules, module => module.PeftName == name.Module) ?? throw new CheckpointFormatException(
            peft.Path,
            name.ToString(),
            $"a '{config.ModelType}' model has no module {name.Module}; its linear layers are "
            + $"{string.Join(", ", modules.Select(module => module.PeftName))}. The adapter belongs to another model");
    }

    private (LazyTensor Down, LazyTensor Up) Pair(PeftTensorName name, int rank, double scale)
    {
        (PeftTensorName Name, long[] Shape)[] pair = Shapes(name);
        float[] down = PlainNumbers.Read(peft.Tensors, pair[0].Name.ToString(), pair[0].Shape, peft.Path);
        float[] up = PlainNumbers.Read(peft.Tensors, pair[1].Name.ToString(), pair[1].Shape, peft.Path);
        float factor = (float)(peft.Scales.ScaleOf(name.Path) / scale);
        (long own, long input, long output) = (pair[0].Shape[0], pair[0].Shape[1], pair[1].Shape[0]);
        return (
            PlainNumbers.Place(down, own, input, rank, input, 1).On(device),
            PlainNumbers.Place(up, output, own, output, rank, factor).On(device));
    }
}
