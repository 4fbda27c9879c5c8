using LLoCO.Core.Families;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Models with random weights, for measurements.</summary>
internal static class ShapedModel
{
    /// <summary>Makes a model of a shape with random weights.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="type">Number format.</param>
    /// <param name="device">Where to keep the weights.</param>
    internal static LlamaModel Create(LlamaConfig config, long seed, ScalarType type, Device device) =>
        new(LlamaWeights.Repeating(config, seed, type, device));
}
