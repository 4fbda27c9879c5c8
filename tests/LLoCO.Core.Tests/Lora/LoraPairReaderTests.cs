using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Index;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Lora;

/// <summary>Ranks and scales of single modules: the update of each weight is s · B A as PEFT defines it, summed here in doubles.</summary>
public sealed class LoraPairReaderTests : IDisposable
{
    private const string Prefix = "base_model.model.model.layers.0.self_attn.";
    private readonly TemporaryFolder _folder = new();

    private static LlamaConfig Config { get; } = LlamaConfigFile.Read(Cases.Path("00-plain", "model", "config.json"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_RanksAndScalesByModule_GiveTheUpdatesOfPeft(bool stabilized)
    {
        var modules = new (string Name, int Rank, double Alpha)[] { ("q_proj", 2, 3), ("k_proj", 4, 8), ("v_proj", 1, 3), ("o_proj", 2, 20) };
        var random = new Random(5);
        var numbers = new Dictionary<string, float[]>();
        var infos = new List<TensorInfo>();
        foreach ((string name, int rank, _) in modules)
        {
            Add($"{name}.lora_A.weight", rank, 8);
            Add($"{name}.lora_B.weight", 8, rank);
        }

        PeftAdapterFolder.Write(
            _folder.PathOf("adapter"),
            new PeftAdapterConfig
            {
                Rank = 2, Alpha = 3, RankStabilized = stabilized, TargetModules = ["q_proj", "k_proj", "v_proj", "o_proj"],
                RankPattern = new Dictionary<string, int> { ["self_attn.k_proj"] = 4, ["v_proj"] = 1 },
                AlphaPattern = new Dictionary<string, double> { ["k_proj"] = 8, [".*o_proj"] = 20 },
            },
            infos,
            (info, bytes) => bytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers[info.Name].AsSpan())));
        using LoraAdapter adapter = LoraAdapterFolder.Load(_folder.PathOf("adapter"), "a", Config, CPU);

        Assert.Equal(4, adapter.Rank);
        foreach ((string name, int rank, double alpha) in modules)
        {
            double scale = alpha / (stabilized ? Math.Sqrt(rank) : rank);
            float[] a = numbers[$"{Prefix}{name}.lora_A.weight"];
            float[] b = numbers[$"{Prefix}{name}.lora_B.weight"];
            using Tensor nothing = zeros([8, 8]);
            using Tensor update = adapter.Merged($"model.layers.0.self_attn.{name}.weight", nothing)!;
            float[] actual = update.data<float>().ToArray();
            for (int i = 0; i < 64; i++)
            {
                double expected = scale * Enumerable.Range(0, rank).Sum(k => (double)b[(i / 8 * rank) + k] * a[(k * 8) + (i % 8)]);
                Assert.Equal(expected, actual[i], 1e-5);
            }
        }

        void Add(string name, int rows, int columns)
        {
            infos.Add(new TensorInfo(Prefix + name, ElementType.Float32, [rows, columns], 4L * rows * columns));
            numbers.Add(Prefix + name, [.. Enumerable.Range(0, rows * columns).Select(_ => (float)((random.NextDouble() * 2) - 1))]);
        }
    }

    [Fact]
    public void Load_WeightThatIsNotFinite_IsRefusedByName()
    {
        string adapter = _folder.PathOf("nan");
        using PeftAdapterFolder plain = PeftAdapterFolder.Open(Cases.Path("adapter-reference", "adapter"));
        PeftAdapterFolder.Write(adapter, plain.Config, [.. plain.Tensors.Tensors.Values], (tensor, destination) =>
        {
            byte[] bytes = plain.Tensors.ReadBytes(tensor.Name);
            if (tensor.Name.EndsWith("v_proj.lora_B.weight", StringComparison.Ordinal))
            {
                BitConverter.TryWriteBytes(bytes, float.PositiveInfinity);
            }

            destination(bytes);
        });

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => LoraAdapterFolder.Load(adapter, "a", Config, CPU));

        Assert.Equal(Prefix + "v_proj.lora_B.weight", error.Key);
        Assert.Contains("infinite or NaN", error.Fault, StringComparison.Ordinal);
    }
}
