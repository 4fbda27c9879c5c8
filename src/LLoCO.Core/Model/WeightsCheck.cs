using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Compares the tensors of a checkpoint with its configuration, without reading numbers.</summary>
internal static class WeightsCheck
{
    /// <summary>Makes sure that a checkpoint holds the weights of a model and no others.</summary>
    /// <param name="source">The checkpoint's tensors.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="file">The checkpoint's path, for messages.</param>
    /// <param name="besides">An additional tensor that is allowed; <see langword="null"/> for none.</param>
    /// <exception cref="CheckpointFormatException">A weight is missing, surplus, misshapen or quantized.</exception>
    internal static void EnsureFits(ITensorSource source, LlamaConfig config, string file, string? besides = null)
    {
        Dictionary<string, long[]> shapes = LlamaWeights.Shapes(config).ToDictionary(entry => entry.Name, entry => entry.Shape);
        SurplusTensors.Refuse(source, name => shapes.ContainsKey(name) || name == besides, config, file);
        foreach ((string name, long[] shape) in shapes)
        {
            TensorLoader.Check(source, name, shape, ScalarType.Float32, file);
        }
    }
}
