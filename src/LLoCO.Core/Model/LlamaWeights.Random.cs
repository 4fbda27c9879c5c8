using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <content>Weights that no checkpoint holds.</content>
internal sealed partial class LlamaWeights
{
    /// <summary>Makes random weights: normal with deviation 0.02, outputs into the residual stream scaled by depth
    /// (GPT-2).</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="seed">Seed of libtorch's generator.</param>
    /// <param name="type">Number format.</param>
    /// <param name="device">Where to keep them.</param>
    internal static LlamaWeights Random(LlamaConfig config, long seed, ScalarType type, Device device)
    {
        using var generator = new Generator((ulong)seed, CPU);
        double residual = 0.02 / Math.Sqrt(2.0 * config.Layers);
        return new LlamaWeights(config, (name, shape) =>
        {
            using DisposeScope scope = NewDisposeScope();
            bool norm = shape.Length == 1;
            Tensor weight = norm
                ? AddsNothing(config, name) ? zeros(shape) : ones(shape)
                : randn(shape, generator: generator).Times(LayerTable.EndsBlock(name) ? residual : 0.02);
            return weight.to(type).to(device).DetachFromDisposeScope();
        });
    }

    /// <summary>Makes weights for measurements: a bank of random numbers, repeated through all of them, so that billions take
    /// seconds. Deviations as in <see cref="Random"/>.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="seed">Seed of libtorch's generator.</param>
    /// <param name="type">Number format.</param>
    /// <param name="device">Where to keep them.</param>
    internal static LlamaWeights Repeating(LlamaConfig config, long seed, ScalarType type, Device device)
    {
        // A prime length, so that no two rows of a matrix are alike.
        const long BankLength = 1_048_573;
        using DisposeScope outer = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        Tensor bank = randn([BankLength], generator: generator).Times(0.02).to(type).to(device);
        Tensor residual = bank.Over(Math.Sqrt(2.0 * config.Layers));
        return new LlamaWeights(config, (name, shape) =>
        {
            using DisposeScope scope = NewDisposeScope();
            if (shape.Length == 1)
            {
                Tensor vector = AddsNothing(config, name)
                    ? zeros(shape, dtype: type, device: device)
                    : ones(shape, dtype: type, device: device);
                return vector.DetachFromDisposeScope();
            }

            Tensor numbers = LayerTable.EndsBlock(name) ? residual : bank;
            Tensor weight = empty(shape, dtype: type, device: device);
            Tensor flat = weight.view(-1);
            long count = flat.size(0);
            for (long start = 0; start < count; start += BankLength)
            {
                long length = Math.Min(BankLength, count - start);
                flat.narrow(0, start, length).copy_(numbers.narrow(0, 0, length));
            }

            return weight.DetachFromDisposeScope();
        });
    }

    /// <summary>Whether a vector of zeros has no effect.</summary>
    private static bool AddsNothing(LlamaConfig config, string name) => config.Plan.NormsAddOne || LayerTable.IsBias(name);
}
