using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Checkpoints;
using TorchSharp;

namespace LLoCO.Core.Tests.Model;

/// <summary>Weights that do not fit the configuration are refused by file, key and fault.</summary>
public sealed class LlamaWeightsTests
{
    private const string Weight = "model.layers.1.mlp.up_proj.weight"; // [160, 64] in the golden model

    public LlamaWeightsTests() => LlocoRuntime.EnsureAvailable();

    [Fact]
    public void Load_TensorMissing_IsRefused() => Expect(tensors => tensors.Remove(Weight), "missing");

    [Fact]
    public void Load_OtherShape_IsRefused() =>
        Expect(tensors => tensors[Weight] = new TensorInfo(Weight, ElementType.Float32, [64, 160], 40960), "[64, 160]");

    [Theory]
    [InlineData(ElementType.Int8)]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.Bool)]
    public void Load_NumbersThatAreNoFloats_AreRefused(ElementType type) => Expect(
        tensors => tensors[Weight] = new TensorInfo(Weight, type, [160, 64], 10240 * type.Size()), $"holds {type}");

    private static void Expect(Action<Dictionary<string, TensorInfo>> change, string fault)
    {
        LlamaConfig config = LlamaConfigFile.Read(Goldens.Path("a_mha", "model", "config.json"));
        using CheckpointFolder golden = CheckpointFolder.Open(Goldens.Path("a_mha", "model"));
        using var changed = new ChangedTensors(golden);
        change(changed.Changed);

        Refusal.Expect(
            () => LlamaWeights.Load(changed, config, torch.ScalarType.BFloat16, torch.CPU, golden.Path), golden.Path, Weight, fault);
    }

    private sealed class ChangedTensors(ITensorSource source) : ITensorSource
    {
        public Dictionary<string, TensorInfo> Changed { get; } = new(source.Tensors, StringComparer.Ordinal);

        public IReadOnlyDictionary<string, TensorInfo> Tensors => Changed;

        public void CopyTo(string name, TensorWriter destination)
        {
            Assert.True(source.Tensors[name] == Changed[name], $"{name} was read though it was changed.");
            source.CopyTo(name, destination);
        }

        public void Dispose()
        {
        }
    }
}
