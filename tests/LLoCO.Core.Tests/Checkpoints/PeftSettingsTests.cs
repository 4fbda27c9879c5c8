using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Every key of PEFT's <c>LoraConfig</c> up to 0.21: each works, is harmless, or is refused by name when it is set.</summary>
public sealed class PeftSettingsTests : IDisposable
{
    /// <summary>What PEFT 0.21.0 writes for a plain LoRA: every key at its default.</summary>
    private const string Defaults = """
        {
          "alora_invocation_tokens": null, "alpha_pattern": {}, "arrow_config": null, "auto_mapping": null,
          "base_model_name_or_path": "tiny", "bias": "none", "corda_config": null, "ensure_weight_tying": false, "eva_config": null,
          "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true, "kasa_config": null,
          "layer_replication": null, "layers_pattern": null, "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 4,
          "lora_bias": false, "lora_dropout": 0.0, "lora_ga_config": null, "megatron_config": null, "megatron_core": "megatron.core",
          "modules_to_save": null, "monteclora_config": null, "peft_type": "LORA", "peft_version": "0.21.0", "qalora_group_size": 16,
          "r": 2, "rank_pattern": {}, "revision": null, "target_modules": ["q_proj", "v_proj", "o_proj"], "target_parameters": null,
          "task_type": "CAUSAL_LM", "trainable_token_indices": null, "use_bdlora": null, "use_dora": false, "use_qalora": false,
          "use_rslora": false, "velora_config": null
        }
        """;

    private const string Q = "base_model.model.model.layers.0.self_attn.q_proj.";

    private readonly TemporaryFolder _folder = new();
    private readonly string _config;
    private readonly string _weights;

    public PeftSettingsTests()
    {
        _config = _folder.PathOf("adapter_config.json");
        _weights = _folder.PathOf("adapter_model.safetensors");
        File.Copy(Cases.Path("adapter-reference", "adapter", "adapter_model.safetensors"), _weights);
        File.WriteAllText(_config, Defaults);
    }

    private string Root => _folder.PathOf(string.Empty);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_EveryKeyAtItsDefault_IsRead()
    {
        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Root);

        Assert.Equal(2, adapter.Config.Scale);
        Assert.Equal(["q_proj", "v_proj", "o_proj"], adapter.Config.TargetModules);
    }

    [Theory]
    [InlineData("use_dora", "true")]
    [InlineData("use_qalora", "true")]
    [InlineData("use_bdlora", "{\"target_modules_bd_a\": [\"q_proj\"], \"nblocks\": 2}")]
    [InlineData("kasa_config", "{\"beta\": 0.1}")]
    [InlineData("velora_config", "{\"num_groups\": 4}")]
    [InlineData("monteclora_config", "{\"num_samples\": 4}")]
    [InlineData("arrow_config", "{\"top_k\": 3}")]
    [InlineData("alora_invocation_tokens", "[1, 2]")]
    [InlineData("lora_bias", "true")]
    [InlineData("fan_in_fan_out", "true")]
    [InlineData("modules_to_save", "[\"lm_head\"]")]
    [InlineData("layer_replication", "[[0, 4], [2, 5]]")]
    [InlineData("target_parameters", "[\"feed_forward.experts.gate_up_proj\"]")]
    [InlineData("trainable_token_indices", "[0]")]
    [InlineData("trainable_token_indices", "{\"embed_tokens\": [0]}")]
    [InlineData("megatron_config", "{\"hidden_size\": 8}")]
    [InlineData("enable_lora", "[true, false, true]")]
    [InlineData("bias", "\"lora_only\"")]
    [InlineData("init_lora_weights", "\"pissa\"")]
    [InlineData("init_lora_weights", "\"pissa_niter_16\"")]
    [InlineData("init_lora_weights", "\"olora\"")]
    [InlineData("init_lora_weights", "\"corda\"")]
    [InlineData("init_lora_weights", "\"loftq\"")]
    [InlineData("init_lora_weights", "\"lora_ga\"")]
    [InlineData("init_lora_weights", "\"mica\"")]
    [InlineData("init_lora_weights", "\"of_next_year\"")]
    [InlineData("init_lora_weights", "7")]
    [InlineData("peft_type", "\"ADALORA\"")]
    [InlineData("peft_type", "\"LOHA\"")]
    [InlineData("key_of_next_year", "true")]
    [InlineData("use_newlora", "\"yes\"")]
    [InlineData("newlora_config", "{\"a\": 1}")]
    [InlineData("newlora_rank", "4")]
    [InlineData("use_rslora", "1")]
    [InlineData("rank_pattern", "[4]")]
    [InlineData("layers_to_transform", "\"0\"")]
    [InlineData("exclude_modules", "7")]
    public void Open_KeyThatAsksForOtherNumbers_IsRefusedByName(string key, string value)
    {
        Set((key, value));

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => PeftAdapterFolder.Open(Root));

        Assert.Equal((_config, key), (error.File, error.Key));
    }

    [Theory]
    [InlineData("init_lora_weights", "false")]
    [InlineData("init_lora_weights", "null")]
    [InlineData("init_lora_weights", "\"gaussian\"")]
    [InlineData("init_lora_weights", "\"eva\"")]
    [InlineData("init_lora_weights", "\"orthogonal\"")]
    [InlineData("eva_config", "{\"rho\": 2.0}")]
    [InlineData("corda_config", "{\"corda_method\": \"ipm\"}")]
    [InlineData("loftq_config", "{\"loftq_bits\": 4}")]
    [InlineData("lora_ga_config", "{\"direction\": \"ArB2r\"}")]
    [InlineData("ensure_weight_tying", "true")]
    [InlineData("qalora_group_size", "32")]
    [InlineData("revision", "\"main\"")]
    [InlineData("runtime_config", "{\"ephemeral_gpu_offload\": true}")]
    [InlineData("auto_mapping", "{\"base_model_class\": \"LlamaForCausalLM\"}")]
    [InlineData("lora_dropout", "0.1")]
    [InlineData("task_type", "null")]
    [InlineData("merge_weights", "true")]
    [InlineData("trainable_token_indices", "[]")]
    [InlineData("key_of_next_year", "null")]
    [InlineData("use_newlora", "false")]
    [InlineData("newlora_config", "{}")]
    [InlineData("exclude_modules", "[\"k_proj\", \"mlp.up_proj\"]")]
    [InlineData("exclude_modules", "\".*\\\\.(k_proj|lm_head)\"")]
    [InlineData("layers_to_transform", "0")]
    [InlineData("layers_to_transform", "[0, 5]")]
    public void Open_KeyThatChangesNothingHere_IsLetPass(string key, string value)
    {
        Set((key, value));

        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Root);

        Assert.Equal(6, adapter.Tensors.Tensors.Count);
    }

    [Theory]
    [InlineData("\"all-linear\"")]
    [InlineData("\"ALL-LINEAR\"")]
    [InlineData("\".*\\\\.(q_proj|v_proj|o_proj)\"")]
    [InlineData("\"model\\\\.layers\\\\.\\\\d+\\\\.self_attn\\\\.(?P<which>[qvo])_proj\"")]
    [InlineData("\".*self_attn.{,2}[a-z]_proj\"")]
    [InlineData("[\"self_attn.q_proj\", \"model.layers.0.self_attn.v_proj\", \"o_proj\"]")]
    [InlineData("[\"q_proj\", \"v_proj\", \"o_proj\", \"c_attn\", \"query_key_value\", \"wte\"]")]
    public void Open_TargetsInAnyWriting_AreToldByTheWeights(string targets)
    {
        Set(("target_modules", targets));

        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Root);

        Assert.Equal(["o_proj", "q_proj", "v_proj"], adapter.Config.TargetModules.Order());
    }

    [Theory]
    [InlineData("target_modules", "[\"q_proj\", \"v_proj\"]", "o_proj.lora_A.weight", "PEFT would leave it out")]
    [InlineData("target_modules", "\".*\\\\.q_proj\"", "lora_A.weight", "PEFT would leave it out")]
    [InlineData("exclude_modules", "[\"o_proj\"]", "o_proj.lora_A.weight", "PEFT would leave it out")]
    [InlineData("exclude_modules", "\".*o_proj\"", "o_proj.lora_A.weight", "PEFT would leave it out")]
    [InlineData("layers_to_transform", "[1]", "lora_A.weight", "PEFT would leave it out")]
    [InlineData("layers_pattern", "\"blocks\"", "lora_A.weight", "PEFT would leave it out")]
    [InlineData("target_modules", "[\"q_proj\", \"k_proj\", \"v_proj\", \"o_proj\"]", "k_proj", "there are no weights for it")]
    [InlineData("rank_pattern", "{\"q_proj\": 3}", "q_proj.lora_A.weight", "not a matrix of rank r = 3")]
    public void Open_WeightsThatTheSettingsContradict_AreRefused(string key, string value, string named, string fault)
    {
        Set((key, value), ("layers_to_transform", key == "layers_pattern" ? "0" : key == "layers_to_transform" ? value : "null"));

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => PeftAdapterFolder.Open(Root));

        Assert.Equal(_weights, error.File);
        Assert.EndsWith(named, error.Key, StringComparison.Ordinal);
        Assert.Contains(fault, error.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("target_modules", "\"(?!.*lm_head).*_proj\"")]
    [InlineData("target_modules", "\"(unclosed\"")]
    [InlineData("target_modules", "\"(.*)\\\\1\"")]
    [InlineData("exclude_modules", "\"(?=x)\"")]
    [InlineData("rank_pattern", "{\"(?<=q)_proj\": 2}")]
    public void Open_PatternThatIsNotRead_IsRefusedWithWhatToWrite(string key, string value)
    {
        Set((key, value));

        Refusal.Expect(() => PeftAdapterFolder.Open(Root), _config, key, "write the modules as a list");
    }

    [Fact]
    public void Open_PatternMadeToTakeForEver_IsMatchedAtOnce()
    {
        Set(("target_modules", "\"(([a-z._]+)+)+_proj0|.*_proj\""));

        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Root);

        Assert.Equal(6, adapter.Tensors.Tensors.Count);
    }

    [Theory]
    [InlineData("lora_A.default.weight", "lora_B.default.weight", null)]
    [InlineData("lora_A.my adapter.weight", "lora_B.my adapter.weight", null)]
    [InlineData("lora_A.default.weight", "lora_B.other.weight", "belongs to the adapter")]
    [InlineData("lora_A.default.weight", "lora_B.weight", "belongs to the adapter")]
    [InlineData("lora_A.weight", "lora_B.default.more.weight", "is not LoRA A or B")]
    [InlineData("lora_A.weight", "lora_B.bias", "is not LoRA A or B")]
    [InlineData("lora_A.weight", "lora_magnitude_vector.weight", "DoRA")]
    public void Open_AdaptersNameWithinTheNames_IsTakenOut(string a, string b, string? fault)
    {
        Set(("target_modules", "[\"q_proj\"]"));
        SafetensorsWriter.Write(
            _weights,
            [new TensorInfo(Q + a, ElementType.Float32, [2, 8], 64), new TensorInfo(Q + b, ElementType.Float32, [8, 2], 64)],
            (tensor, bytes) => bytes(new byte[tensor.ByteLength]));

        if (fault is null)
        {
            using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Root);
            Assert.Equal([Q + "lora_A.weight", Q + "lora_B.weight"], adapter.Tensors.Tensors.Keys.Order());
            Assert.Equal(64, adapter.Tensors.ReadBytes(Q + "lora_A.weight").Length);
        }
        else
        {
            Refusal.Expect(() => PeftAdapterFolder.Open(Root), _weights, Q + b, fault);
        }
    }

    [Fact]
    public void Write_PatternsAndRankStabilized_ReadBackEqual()
    {
        var config = new PeftAdapterConfig
        {
            Rank = 2,
            Alpha = 5,
            RankStabilized = true,
            RankPattern = new Dictionary<string, int> { ["v_proj"] = 3 },
            AlphaPattern = new Dictionary<string, double> { ["q_proj"] = 1.5 },
            TargetModules = ["q_proj", "v_proj"],
        };
        string v = Q.Replace("q_proj", "v_proj", StringComparison.Ordinal);

        PeftAdapterFolder.Write(
            Root,
            config,
            [
                new(Q + "lora_A.weight", ElementType.Float32, [2, 8], 64), new(Q + "lora_B.weight", ElementType.Float32, [8, 2], 64),
                new(v + "lora_A.weight", ElementType.Float32, [3, 8], 96), new(v + "lora_B.weight", ElementType.Float32, [8, 3], 96),
            ],
            (tensor, bytes) => bytes(new byte[tensor.ByteLength]));

        using PeftAdapterFolder copy = PeftAdapterFolder.Open(Root);
        Assert.Equal(5 / Math.Sqrt(2), copy.Config.Scale);
        Assert.Equal(config.RankPattern, copy.Config.RankPattern);
        Assert.Equal(config.AlphaPattern, copy.Config.AlphaPattern);
        Assert.Equal(1.5 / Math.Sqrt(2), copy.Scales.ScaleOf("model.layers.0.self_attn.q_proj"));
        Assert.Equal(5 / Math.Sqrt(3), copy.Scales.ScaleOf("model.layers.0.self_attn.v_proj"));
    }

    private void Set(params (string Key, string Json)[] values)
    {
        JsonObject config = JsonNode.Parse(Defaults)!.AsObject();
        foreach ((string key, string json) in values)
        {
            config[key] = JsonNode.Parse(json);
        }

        File.WriteAllText(_config, config.ToJsonString());
    }
}
