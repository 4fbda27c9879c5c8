using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Adapter folders as PEFT writes them, written back, and faulty.</summary>
public sealed class PeftAdapterFolderTests : IDisposable
{
    private const string Q = "base_model.model.model.layers.0.self_attn.q_proj.";
    private readonly TemporaryFolder _folder = new();
    private readonly string _config;
    private readonly string _weights;

    public PeftAdapterFolderTests()
    {
        _config = _folder.PathOf("adapter_config.json");
        _weights = _folder.PathOf("adapter_model.safetensors");
    }

    private string Root => _folder.PathOf(string.Empty);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a_mha")]
    [InlineData("b_gqa")]
    [InlineData("c_rope")]
    public void Write_GoldenAdapter_IsWhatPeftWrote(string name)
    {
        using PeftAdapterFolder golden = PeftAdapterFolder.Open(Goldens.Path(name, "adapter"));

        PeftAdapterFolder.Write(
            Root, golden.Config, [.. golden.Tensors.Tensors.Values], (t, bytes) => golden.Tensors.CopyTo(t.Name, bytes));

        JsonNode expected = JsonNode.Parse(File.ReadAllText(Goldens.Path(name, "adapter", "adapter_config.json")))!;
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(File.ReadAllText(_config))), File.ReadAllText(_config));
        using PeftAdapterFolder copy = PeftAdapterFolder.Open(Root);
        Assert.Equal(golden.Tensors.Tensors.Keys.Order(), copy.Tensors.Tensors.Keys.Order());
        Assert.All(golden.Tensors.Tensors.Keys, k => Assert.Equal(golden.Tensors.ReadBytes(k), copy.Tensors.ReadBytes(k)));
        using SafetensorsFile file = SafetensorsFile.Open(_weights);
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Write_NewFolder_MakesIt()
    {
        string inner = _folder.PathOf("new");
        TensorInfo[] pair = [A(), B()];

        PeftAdapterFolder.Write(inner, Config(), pair, Fill);

        using PeftAdapterFolder copy = PeftAdapterFolder.Open(inner);
        Assert.Equal(2, copy.Tensors.Tensors.Count);
        Assert.Equal(2.5, copy.Config.Scale);
    }

    [Fact]
    public void Write_SettingsOrWeightsThatCouldNotBeRead_AreRefused()
    {
        Refusal.Expect(
            () => PeftAdapterFolder.Write(Root, Config() with { Alpha = double.NaN }, [A(), B()], Fill),
            _config,
            "lora_alpha",
            "NaN");
        Refusal.Expect(
            () => PeftAdapterFolder.Write(Root, Config() with { Rank = 0 }, [A(), B()], Fill), _config, "r", "outside");
        Refusal.Expect(
            () => PeftAdapterFolder.Write(Root, Config() with { Dropout = 1 }, [A(), B()], Fill),
            _config,
            "lora_dropout",
            "[0, 1)");
        Refusal.Expect(() => PeftAdapterFolder.Write(Root, Config(), [A()], Fill), _weights, Q + "lora_B.weight", "missing");
        Assert.Empty(Directory.GetFiles(Root));
    }

    [Fact]
    public void Open_EveryProjection_IsKnown()
    {
        string[] modules = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
        TensorInfo[] tensors =
        [
            .. modules.SelectMany(m => new[] { 'A', 'B' }.Select(side => (side == 'A' ? A() : B()) with
            {
                Name = "base_model.model.model.layers.31."
                    + (m[0] is 'g' or 'u' or 'd' ? "mlp" : "self_attn") + $".{m}.lora_{side}.weight",
            })),
        ];

        PeftAdapterFolder.Write(Root, Config() with { TargetModules = modules }, tensors, Fill);

        using PeftAdapterFolder copy = PeftAdapterFolder.Open(Root);
        Assert.Equal(14, copy.Tensors.Tensors.Count);
        Assert.Equal(modules, copy.Config.TargetModules);
    }

    [Theory]
    [InlineData("base_model.model.model.layers.0.mlp.q_proj.lora_A.weight")]
    [InlineData("base_model.model.model.layers.00.self_attn.q_proj.lora_A.weight")]
    [InlineData("base_model.model.model.layers.99999999999.self_attn.q_proj.lora_A.weight")]
    [InlineData("base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight")]
    [InlineData("base_model.model.model.norm.weight")]
    [InlineData("base_model.model.lm_head.lora_A.weight")]
    public void Open_WeightThatBelongsToNoTarget_IsRefused(string name)
    {
        WriteFiles(A(), B(), A() with { Name = name });

        Refusal.Expect(() => PeftAdapterFolder.Open(Root), _weights, name, "is not LoRA A or B of ");
    }

    [Fact]
    public void Open_UnpairedOrMisshapenWeights_AreRefused()
    {
        WriteFiles(B());
        Refusal.Expect(() => PeftAdapterFolder.Open(Root), _weights, Q + "lora_A.weight", "the tensor is missing");

        WriteFiles(A() with { Shape = [3, 4], ByteLength = 48 }, B());
        Refusal.Expect(() => PeftAdapterFolder.Open(Root), _weights, Q + "lora_A.weight", "not a matrix of rank r = 2");

        WriteFiles(A() with { Shape = [8], ByteLength = 32 }, B());
        Refusal.Expect(() => PeftAdapterFolder.Open(Root), _weights, Q + "lora_A.weight", "not a matrix of rank r = 2");

        WriteFiles(A() with { ElementType = ElementType.Int32 }, B());
        Refusal.Expect(() => PeftAdapterFolder.Open(Root), _weights, Q + "lora_A.weight", "Int32");

        WriteFiles();
        Refusal.Expect(() => PeftAdapterFolder.Open(Root), _weights, "q_proj", "there are no weights for it");
    }

    [Fact]
    public void Open_MissingFiles_AreRefused()
    {
        Refusal.Expect(() => PeftAdapterFolder.Open(Root), _config, null, "does not exist");

        File.Copy(Goldens.Path("a_mha", "adapter", "adapter_config.json"), _config);
        Refusal.Expect(() => PeftAdapterFolder.Open(Root), Root, null, "neither adapter_model.safetensors nor adapter_model.bin");
    }

    [Theory]
    [InlineData("peft_type", "\"PREFIX_TUNING\"", "'PREFIX_TUNING' is a key/value prefix, not a LoRA")]
    [InlineData("peft_type", null, "missing")]
    [InlineData("task_type", "\"SEQ_CLS\"", "'SEQ_CLS' is not supported")]
    [InlineData("bias", "\"all\"", "'all' is not supported")]
    [InlineData("r", null, "missing")]
    [InlineData("r", "0", "outside")]
    [InlineData("r", "-8", "outside")]
    [InlineData("r", "1000000000", "outside")]
    [InlineData("r", "NaN", "cannot be read")]
    [InlineData("lora_alpha", null, "missing")]
    [InlineData("lora_alpha", "0", "not greater than 0")]
    [InlineData("lora_alpha", "NaN", "cannot be read")]
    [InlineData("lora_alpha", "\"16\"", "not a finite number")]
    [InlineData("lora_dropout", "1", "outside")]
    [InlineData("lora_dropout", "-0.1", "outside")]
    [InlineData("target_modules", null, "missing")]
    [InlineData("target_modules", "[]", "empty")]
    [InlineData("target_modules", "[\"q_proj\", \"q_proj\"]", "stands twice")]
    [InlineData("target_modules", "[5]", "is no name")]
    [InlineData("use_dora", "true", "magnitude")]
    [InlineData("lora_bias", "true", "bias")]
    [InlineData("fan_in_fan_out", "true", "transposed")]
    [InlineData("modules_to_save", "[\"embed_summary\"]", "replaces whole modules")]
    [InlineData("trainable_token_indices", "[1]", "token embeddings")]
    public void Open_SettingsThatWouldChangeNumbers_AreRefusedByName(string key, string? value, string fault)
    {
        WriteFiles(A(), B());
        JsonObject json = JsonNode.Parse(File.ReadAllText(_config))!.AsObject();
        json.Remove(key);
        string rest = json.ToJsonString()[1..];
        File.WriteAllText(_config, value is null ? "{" + rest : $"{{\"{key}\": {value}, {rest}");

        Refusal.Expect(() => PeftAdapterFolder.Open(Root), _config, key, fault);
    }

    [Fact]
    public void Open_ConfigOfLaterPeft_IsReadWhereItAsksForNothingElse()
    {
        WriteFiles(A(), B());
        JsonObject json = JsonNode.Parse(File.ReadAllText(_config))!.AsObject();
        foreach ((string key, string value) in new[]
        {
            ("use_dora", "false"), ("use_rslora", "false"), ("rank_pattern", "{}"), ("alpha_pattern", "{}"),
            ("lora_bias", "false"), ("exclude_modules", "null"), ("megatron_config", "null"),
            ("loftq_config", "{}"), ("qalora_group_size", "16"),
        })
        {
            json[key] = JsonNode.Parse(value);
        }

        File.WriteAllText(_config, json.ToJsonString());

        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Root);
        Assert.Equal((2, 5.0), (adapter.Config.Rank, adapter.Config.Alpha));
    }

    private static TensorInfo A() => new(Q + "lora_A.weight", ElementType.Float32, [2, 4], 32);

    private static TensorInfo B() => new(Q + "lora_B.weight", ElementType.Float32, [3, 2], 24);

    private static PeftAdapterConfig Config() => new() { Rank = 2, Alpha = 5, TargetModules = ["q_proj"] };

    private static void Fill(TensorInfo tensor, TensorWriter destination) => destination(new byte[tensor.ByteLength]);

    /// <summary>A sound configuration of rank 2 for q_proj beside any weights.</summary>
    private void WriteFiles(params TensorInfo[] tensors)
    {
        PeftAdapterFolder.Write(Root, Config(), [A(), B()], Fill);
        SafetensorsWriter.Write(_weights, tensors, Fill);
    }
}
