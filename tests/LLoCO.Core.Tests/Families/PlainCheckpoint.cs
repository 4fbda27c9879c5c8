using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Families;

/// <summary>A checkpoint of a <see cref="PlainCase"/> in shards, with random weights, and an adapter of all its linear layers.</summary>
internal sealed class PlainCheckpoint : IDisposable
{
    private const int Rank = 3;
    private const double Alpha = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-plain").FullName;
    private readonly SeededRandom _random = SeededRandom.For(11, "plain");

    /// <summary>Writes the files.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rounded">Whether the weights are numbers that bf16 has.</param>
    public PlainCheckpoint(PlainCase model, bool rounded = false)
    {
        Case = model;
        Weights = model.Tensors().ToDictionary(tensor => tensor.Name, tensor => Draw(tensor.Shape, rounded));
        File.WriteAllText(Path.Combine(_folder, LlamaConfigFile.FileName), model.Json());
        ShardedWriter.Write(
            _folder, [.. model.Tensors().Select(tensor => Info(tensor.Name, tensor.Shape))], (info, to) => to(Bytes(Weights[info.Name])),
            WeightFormat.Safetensors, 4_000);
        foreach ((string module, long output, long input) in model.Modules())
        {
            for (int layer = 0; layer < model.Layers; layer++)
            {
                string prefix = $"base_model.model.model.layers.{layer}.{module}.lora_";
                Adapter.Add(prefix + "A.weight", ([Rank, input], Draw([Rank, input], false)));
                Adapter.Add(prefix + "B.weight", ([output, Rank], Draw([output, Rank], false)));
            }
        }
    }

    /// <summary>Gets the model.</summary>
    public PlainCase Case { get; }

    /// <summary>Gets the weights.</summary>
    public Dictionary<string, double[]> Weights { get; }

    /// <summary>Gets the tensors of the adapter under their names in a PEFT file.</summary>
    public Dictionary<string, (long[] Shape, double[] Numbers)> Adapter { get; } = [];

    /// <summary>The reference.</summary>
    /// <param name="adapted">Whether with the adapter.</param>
    public PlainModel Reference(bool adapted = false) => new(Case, adapted ? Adapted() : Weights);

    /// <summary>Loads the model as users do.</summary>
    public LlamaModel Load(ScalarType type = ScalarType.Float32)
    {
        using CheckpointFolder files = CheckpointFolder.Open(_folder);
        Assert.True(files.Files.Count > 1);
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(_folder, LlamaConfigFile.FileName));
        return new LlamaModel(LlamaWeights.Load(files, config, type, CPU, _folder));
    }

    /// <summary>Writes and loads the adapter.</summary>
    public LoraAdapter LoadAdapter(LlamaConfig config)
    {
        string folder = Path.Combine(_folder, "adapter");
        PeftAdapterFolder.Write(
            folder,
            new PeftAdapterConfig { Rank = Rank, Alpha = Alpha, TargetModules = [.. Case.Modules().Select(one => one.Module.Split('.')[1])] },
            [.. Adapter.Select(entry => Info(entry.Key, entry.Value.Shape))],
            (info, to) => to(Bytes(Adapter[info.Name].Numbers)));
        return LoraAdapterFolder.Load(folder, "all", config, CPU);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The weights with the adapter's updates added.</summary>
    public Dictionary<string, double[]> Adapted()
    {
        var weights = new Dictionary<string, double[]>(Weights);
        foreach ((string name, (long[] shape, double[] up)) in Adapter.Where(entry => entry.Key.EndsWith("B.weight", StringComparison.Ordinal)))
        {
            double[] down = Adapter[name.Replace("lora_B", "lora_A", StringComparison.Ordinal)].Numbers;
            string weight = name.Replace("base_model.model.", string.Empty, StringComparison.Ordinal).Replace("lora_B.", string.Empty, StringComparison.Ordinal);
            double[] sum = [.. weights[weight]];
            int width = sum.Length / (int)shape[0];
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += Alpha / Rank * Enumerable.Range(0, Rank).Sum(r => up[(i / width * Rank) + r] * down[(r * width) + (i % width)]);
            }

            weights[weight] = sum;
        }

        return weights;
    }

    /// <summary>Norms around 1, other numbers around 0; all are numbers that float32 has.</summary>
    private double[] Draw(long[] shape, bool rounded) => [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, size) => product * size))
        .Select(_ =>
        {
            float number = (shape.Length == 1 ? 1 : 0) + (0.6f * ((float)_random.NextDouble() - 0.5f));
            return (double)(rounded ? BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(number) & 0xFFFF0000) : number);
        })];

    private static TensorInfo Info(string name, long[] shape) =>
        new(name, ElementType.Float32, shape, 4 * shape.Aggregate(1L, (product, size) => product * size));

    private static ReadOnlySpan<byte> Bytes(double[] numbers) =>
        MemoryMarshal.AsBytes(Array.ConvertAll(numbers, number => (float)number).AsSpan());
}
