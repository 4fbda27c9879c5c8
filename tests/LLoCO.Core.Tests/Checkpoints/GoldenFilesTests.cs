using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Every file of the golden cases, as Python wrote them.</summary>
public sealed class GoldenFilesTests
{
    public static TheoryData<string> Cases => [.. Goldens.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Open_GoldenModel_HoldsEveryWeightOfItsConfiguration(string name)
    {
        LlamaConfig config = LlamaConfigFile.Read(Goldens.Path(name, "model", "config.json"));
        using CheckpointFolder model = CheckpointFolder.Open(Goldens.Path(name, "model"));

        Assert.Equal(4 + (9 * config.Layers), model.Tensors.Count);
        Assert.Equal([128L, 64L], model.Tensors["model.embed_tokens.weight"].Shape);
        Assert.Equal([5L, 64L], model.Tensors["embed_summary.weight"].Shape);
        Assert.Equal([64L, 160L], model.Tensors["model.layers.1.mlp.down_proj.weight"].Shape);
        Assert.Equal(
            [config.KeyValueHeads * (long)config.HeadDimension, 64L],
            model.Tensors["model.layers.0.self_attn.k_proj.weight"].Shape);
        foreach (TensorInfo tensor in model.Tensors.Values)
        {
            Assert.Equal(name == "d_bf16" ? ElementType.BFloat16 : ElementType.Float32, tensor.ElementType);
            float[] numbers = model.ReadFloats(tensor.Name);
            Assert.True(numbers.Length == tensor.Shape.Aggregate(1L, (a, b) => a * b));
            Assert.All(numbers, x => Assert.True(float.IsFinite(x)));
            Assert.Contains(numbers, x => x != 0);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Open_GoldenAdapter_HoldsPairsForEveryLayer(string name)
    {
        LlamaConfig config = LlamaConfigFile.Read(Goldens.Path(name, "model", "config.json"));
        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Goldens.Path(name, "adapter"));

        Assert.Equal(["q_proj", "k_proj", "v_proj", "o_proj"], adapter.Config.TargetModules);
        Assert.Equal(8 * config.Layers, adapter.Tensors.Tensors.Count);
        Assert.Equal(
            [(long)adapter.Config.Rank, 64L],
            adapter.Tensors.Tensors["base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight"].Shape);
        Assert.Equal($"tiny-random-autocompressor/{name}", adapter.Config.BaseModel);
    }

    [Theory]
    [InlineData("b_gqa", 4, 12.0, 0.0, 3.0)]
    [InlineData("c_rope", 8, 20.0, 0.05, 2.5)]
    public void Open_GoldenAdapter_HasItsSettings(string name, int rank, double alpha, double dropout, double scale)
    {
        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Goldens.Path(name, "adapter"));

        Assert.Equal(
            (rank, alpha, dropout, scale),
            (adapter.Config.Rank, adapter.Config.Alpha, adapter.Config.Dropout, adapter.Config.Scale));
    }

    [Fact]
    public void Open_FreshAdapter_HasZeroInB()
    {
        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Goldens.Path("a_mha", "adapter_fresh"));

        Assert.All(
            adapter.Tensors.Tensors.Keys.Where(k => k.Contains("lora_B", StringComparison.Ordinal)),
            k => Assert.All(adapter.Tensors.ReadFloats(k), x => Assert.Equal(0, x)));
    }

    [Theory]
    [InlineData("a_mha")]
    [InlineData("b_gqa")]
    [InlineData("d_bf16")]
    public void Open_GoldenCache_EqualsWhatGoldensSay(string name)
    {
        using JsonDocument goldens = JsonDocument.Parse(File.ReadAllBytes(Goldens.Path(name, "goldens.json")));
        using SafetensorsFile expected = SafetensorsFile.Open(Goldens.Path(name, "goldens.safetensors"));
        JsonElement cache = Assert.Single(goldens.RootElement.GetProperty("caches").EnumerateArray());
        using TorchArchive archive = TorchArchive.Open(Goldens.Path(name, cache.GetProperty("file").GetString()!));

        Assert.Equal(cache.GetProperty("keys").EnumerateArray().Select(k => k.GetString()), archive.Names);
        foreach (JsonElement entry in cache.GetProperty("entries").EnumerateArray())
        {
            string id = entry.GetProperty("id").GetString()!;
            string softprompt = entry.GetProperty("softprompt").GetString()!;
            Assert.Equal(expected.Tensors[softprompt].Shape, archive.Tensors[id].Shape);
            Assert.Equal(expected.ReadFloats(softprompt), archive.ReadFloats(id));
            Assert.Equal(
                entry.GetProperty("token_count").GetInt32(), expected.ReadInt64s(entry.GetProperty("ids").GetString()!).Length);
        }
    }
}
