using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Model;

namespace LLoCO.Training.Probing;

/// <summary>Writes model and adapter folders with random weights of any shape, holding a few megabytes in memory.</summary>
public static class RandomCheckpoint
{
    private const int PoolNumbers = 1 << 22;
    private const int PieceBytes = 1 << 20;

    /// <summary>Counts the bytes of a model's weights in bf16.</summary>
    /// <param name="config">The shape.</param>
    /// <returns>The bytes, of all weight files together but for their headers.</returns>
    public static long Bytes(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return LlamaWeights.Shapes(config).Sum(entry => Describe(entry.Name, entry.Shape).ByteLength);
    }

    /// <summary>Writes a bf16 model without a tokenizer.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="config">The shape.</param>
    /// <param name="format">The kind of files.</param>
    /// <param name="shardBytes">Most bytes of weights in one file.</param>
    /// <param name="seed">Seed of the numbers.</param>
    /// <param name="cancellationToken">Checked before each tensor.</param>
    /// <returns>The files with weights.</returns>
    public static IReadOnlyList<string> WriteModel(
        string folder, LlamaConfig config, CheckpointFormat format, long shardBytes, int seed, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(config);
        Directory.CreateDirectory(folder);
        LlamaConfigFile.Write(Path.Combine(folder, LlamaConfigFile.FileName), config);
        ushort[] pool = Pool(seed);
        var random = new Random(seed);
        TensorInfo[] tensors = [.. LlamaWeights.Shapes(config).Select(entry => Describe(entry.Name, entry.Shape))];
        return ShardedWriter.Write(
            folder,
            tensors,
            (tensor, destination) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                Write(tensor, pool, random, destination);
            },
            format == CheckpointFormat.Torch ? WeightFormat.Torch : WeightFormat.Safetensors,
            shardBytes);
    }

    /// <summary>Writes an adapter of the paper's form: rank 8, alpha 16, on the four projections of attention, float32.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="seed">Seed of the numbers.</param>
    public static void WriteAdapter(string folder, LlamaConfig config, int seed)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(config);
        LoraTarget[] targets = [LoraTarget.Query, LoraTarget.Key, LoraTarget.Value, LoraTarget.Output];
        StoredWeight[] modules =
            [.. LayerTable.Modules(config).Where(module => module.Rows.Any(row => targets.Contains(row.Target!.Value)))];
        var settings = new PeftAdapterConfig { Rank = 8, Alpha = 16, TargetModules = [.. modules.Select(module => module.PeftName)] };
        var tensors = new List<TensorInfo>();
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach (StoredWeight module in modules)
            {
                long[] shape = module.Shape(config);
                string prefix = $"base_model.model.model.layers.{layer}.{module.Module}.";
                tensors.Add(Float32(prefix + "lora_A.weight", settings.Rank, shape[1]));
                tensors.Add(Float32(prefix + "lora_B.weight", shape[0], settings.Rank));
            }
        }

        var random = new Random(seed);
        PeftAdapterFolder.Write(folder, settings, tensors, (tensor, destination) =>
        {
            var numbers = new float[tensor.ByteLength / sizeof(float)];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (float)(0.02 * Normal(random));
            }

            destination(MemoryMarshal.AsBytes(numbers.AsSpan()));
        });
    }

    private static TensorInfo Describe(string name, long[] shape) =>
        new(name, ElementType.BFloat16, shape, 2 * shape.Aggregate(1L, (product, size) => product * size));

    private static TensorInfo Float32(string name, long rows, long columns) =>
        new(name, ElementType.Float32, [rows, columns], sizeof(float) * rows * columns);

    /// <summary>Norms are ones; other weights are cut from the pool at random places, because generating seven thousand million
    /// numbers would take longer than the disk.</summary>
    private static void Write(TensorInfo tensor, ushort[] pool, Random random, TensorWriter destination)
    {
        Span<byte> ones = stackalloc byte[] { 0x80, 0x3F };
        long left = tensor.ByteLength;
        if (tensor.Shape.Count == 1)
        {
            for (; left > 0; left -= ones.Length)
            {
                destination(ones);
            }
        }

        while (left > 0)
        {
            int length = (int)Math.Min(left, PieceBytes);
            int start = random.Next(PoolNumbers - (PieceBytes / sizeof(ushort)));
            destination(MemoryMarshal.AsBytes(pool.AsSpan(start, length / sizeof(ushort))));
            left -= length;
        }
    }

    /// <summary>Normal numbers with deviation 0.02, as bf16.</summary>
    private static ushort[] Pool(int seed)
    {
        var random = new Random(seed);
        var pool = new ushort[PoolNumbers];
        for (int i = 0; i < pool.Length; i++)
        {
            pool[i] = (ushort)(BitConverter.SingleToUInt32Bits((float)(0.02 * Normal(random))) >> 16);
        }

        return pool;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

/// <summary>Kind of weight files.</summary>
public enum CheckpointFormat
{
    /// <summary><c>model.safetensors</c>.</summary>
    Safetensors = 0,

    /// <summary><c>pytorch_model.bin</c>, as <c>torch.save</c> writes it.</summary>
    Torch = 1,
}
