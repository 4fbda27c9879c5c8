using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Configurations as published with known models, and faulty ones.</summary>
public sealed class LlamaConfigFileTests : IDisposable
{
    private const string Llama2 = """
        {
          "_name_or_path": "meta-llama/Llama-2-7b-hf", "architectures": ["LlamaAutoCompressorModel"], "accumulate_summary": true,
          "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
          "intermediate_size": 11008, "max_position_embeddings": 6144, "model_type": "llama", "num_attention_heads": 32,
          "num_hidden_layers": 32, "num_key_value_heads": 32, "pad_token_id": 32000, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
          "rope_scaling": null, "segment_gradient_checkpointing": false, "summary_length": 50, "tie_word_embeddings": false,
          "torch_dtype": "bfloat16", "transformers_version": "4.34.0", "use_cache": true, "vocab_size": 32000
        }
        """;

    private const string Llama31 = """
        {
          "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 128000,
          "eos_token_id": [128001, 128008, 128009], "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
          "intermediate_size": 14336, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama",
          "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "pretraining_tp": 1,
          "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                           "original_max_position_embeddings": 8192, "rope_type": "llama3"},
          "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 128256
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public LlamaConfigFileTests() => _path = _folder.PathOf(LlamaConfigFile.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AutoCompressorLlama2_GivesItsShape()
    {
        LlamaConfig config = Read(Llama2);

        Assert.Equal(
            (32000, 4096, 11008, 32), (config.VocabularySize, config.HiddenSize, config.IntermediateSize, config.Layers));
        Assert.Equal((32, 32, 128), (config.Heads, config.KeyValueHeads, config.HeadDimension));
        Assert.Equal((1e-5, 10_000.0, 6144), (config.NormEpsilon, config.RopeTheta, config.MaxPositions));
        Assert.Equal(RopeScaling.None, config.RopeScaling);
        Assert.Equal((50, true, 1536, SegmentBoundary.Token),
            (config.SummaryLength, config.AccumulateSummary, config.SegmentLength, config.SegmentBoundary));
        Assert.Equal(1, config.BeginOfSequenceId);
        Assert.Equal([2], config.EndOfSequenceIds);
        Assert.Null(config.PadId);
        Assert.False(config.TieWordEmbeddings);
    }

    [Fact]
    public void Read_Llama31_GivesItsScalingAndSeveralEnds()
    {
        LlamaConfig config = Read(Llama31);

        Assert.Equal(new RopeScaling(RopeScalingKind.Llama3, 8, 1, 4, 8192), config.RopeScaling);
        Assert.Equal([128001, 128008, 128009], config.EndOfSequenceIds);
        Assert.Equal((32, 8, 128, 500_000.0), (config.Heads, config.KeyValueHeads, config.HeadDimension, config.RopeTheta));
        Assert.Equal((0, 131072), (config.SummaryLength, config.MaxPositions));
        Assert.Null(config.PadId);
    }

    [Fact]
    public void Read_OptionalKeysAbsent_HasTheDefaultsOfHuggingFace()
    {
        LlamaConfig config = Read(Change(
            Llama2, "rms_norm_eps", "num_key_value_heads", "bos_token_id", "eos_token_id", "pad_token_id", "tie_word_embeddings",
            "rope_scaling", "model_type", "hidden_act", "summary_length", "accumulate_summary"));

        Assert.Equal(
            (1e-6, 32, 0, true), (config.NormEpsilon, config.KeyValueHeads, config.SummaryLength, config.AccumulateSummary));
        Assert.Equal(1, config.BeginOfSequenceId);
        Assert.Equal([2], config.EndOfSequenceIds);
        Assert.Equal(RopeScaling.None, config.RopeScaling);
    }

    [Fact]
    public void Read_TokensThatAreNull_AreAbsent()
    {
        LlamaConfig config = Read(Change(Llama2, ("bos_token_id", "null"), ("eos_token_id", "null"), ("pad_token_id", "-1")));

        Assert.Null(config.BeginOfSequenceId);
        Assert.Empty(config.EndOfSequenceIds);
        Assert.Null(config.PadId);
    }

    [Theory]
    [InlineData("""{"type": "linear", "factor": 2.5}""", RopeScalingKind.Linear, 2.5)]
    [InlineData("""{"rope_type": "linear", "factor": 4}""", RopeScalingKind.Linear, 4)]
    [InlineData("""{"type": "linear", "rope_type": "linear", "factor": 1}""", RopeScalingKind.Linear, 1)]
    [InlineData("""{"rope_type": "default"}""", RopeScalingKind.None, 1)]
    public void Read_RopeScaling_InEitherSpelling(string json, RopeScalingKind kind, double factor)
    {
        LlamaConfig older = Read(Change(Llama2, ("rope_scaling", json)));
        LlamaConfig newer = Read(Change(Llama2, ("rope_parameters", json)));

        Assert.Equal(new RopeScaling(kind, factor), older.RopeScaling);
        Assert.Equal(older.RopeScaling, newer.RopeScaling);
    }

    [Fact]
    public void Read_RopeParameters_HoldTheTheta()
    {
        LlamaConfig config = Read(Change(
            Change(Llama31, "rope_theta", "rope_scaling"),
            ("rope_parameters", """
                {"rope_theta": 250000.0, "rope_type": "llama3", "factor": 32, "low_freq_factor": 1, "high_freq_factor": 4,
                 "original_max_position_embeddings": 8192}
                """)));

        Assert.Equal(250_000, config.RopeTheta);
        Assert.Equal(new RopeScaling(RopeScalingKind.Llama3, 32, 1, 4, 8192), config.RopeScaling);
    }

    [Fact]
    public void Read_KeysOfThisLibrary_AreTaken()
    {
        LlamaConfig config = Read(Change(
            Llama2,
            ("segment_length", "320"),
            ("segment_boundary", "\"sentence\""),
            ("head_dim", "64"),
            ("tie_word_embeddings", "true"),
            ("accumulate_summary", "false")));

        Assert.Equal((320, SegmentBoundary.Sentence, 64), (config.SegmentLength, config.SegmentBoundary, config.HeadDimension));
        Assert.True(config.TieWordEmbeddings);
        Assert.False(config.AccumulateSummary);
    }

    [Theory]
    [InlineData(Llama2)]
    [InlineData(Llama31)]
    public void Write_ThenRead_GivesTheSame(string json)
    {
        LlamaConfig config = Read(json) with
        {
            SegmentBoundary = SegmentBoundary.Sentence,
            SegmentLength = 77,
            PadId = 3,
            TieWordEmbeddings = true,
            NormEpsilon = 1.25e-6,
        };

        LlamaConfigFile.Write(_path, config);

        LlamaConfig copy = LlamaConfigFile.Read(_path);
        Assert.Equal(config.EndOfSequenceIds, copy.EndOfSequenceIds);
        Assert.Equal(config, copy with { EndOfSequenceIds = config.EndOfSequenceIds });
        Assert.Single(Directory.GetFiles(_folder.PathOf(string.Empty)));
    }

    [Theory]
    [InlineData(0, "LlamaForCausalLM", null)]
    [InlineData(50, "LlamaAutoCompressorModel", "linear")]
    public void Write_Config_HasTheKeysThatHuggingFaceReads(int summary, string architecture, string? rope)
    {
        LlamaConfigFile.Write(_path, Read(Llama2) with
        {
            SummaryLength = summary,
            RopeScaling = rope is null ? RopeScaling.None : new RopeScaling(RopeScalingKind.Linear, 2),
            EndOfSequenceIds = [2],
        });

        JsonNode json = JsonNode.Parse(File.ReadAllText(_path))!;
        Assert.Equal(architecture, (string?)json["architectures"]![0]);
        Assert.Equal(
            ("llama", "silu", 32000), ((string?)json["model_type"], (string?)json["hidden_act"], (int)json["vocab_size"]!));
        Assert.Equal((2, summary), ((int)json["eos_token_id"]!, (int)json["summary_length"]!));
        Assert.Equal(rope, (string?)json["rope_scaling"]?["type"]);
        Assert.Equal(rope, (string?)json["rope_scaling"]?["rope_type"]);
    }

    [Theory]
    [InlineData("vocab_size", null, "missing")]
    [InlineData("hidden_size", null, "missing")]
    [InlineData("intermediate_size", "null", "missing")]
    [InlineData("num_hidden_layers", null, "missing")]
    [InlineData("num_attention_heads", null, "missing")]
    [InlineData("hidden_size", "NaN", "cannot be read")]
    [InlineData("rms_norm_eps", "Infinity", "cannot be read")]
    [InlineData("rms_norm_eps", "-Infinity", "cannot be read")]
    [InlineData("rms_norm_eps", "1e999", "not a finite number")]
    [InlineData("rms_norm_eps", "0", "outside")]
    [InlineData("rms_norm_eps", "-1e-5", "outside")]
    [InlineData("rms_norm_eps", "\"1e-5\"", "not a finite number")]
    [InlineData("rope_theta", "0", "outside")]
    [InlineData("vocab_size", "0", "outside")]
    [InlineData("vocab_size", "-5", "outside")]
    [InlineData("vocab_size", "3.5", "not a whole number")]
    [InlineData("vocab_size", "1e30", "outside")]
    [InlineData("vocab_size", "true", "not a whole number")]
    [InlineData("hidden_size", "2147483648", "outside")]
    [InlineData("hidden_size", "1e999", "outside")]
    [InlineData("num_hidden_layers", "1000000", "outside")]
    [InlineData("num_attention_heads", "96", "do not divide hidden_size 4096")]
    [InlineData("num_attention_heads", "4096", "cannot be rotated", "head_dim")]
    [InlineData("num_key_value_heads", "5", "5 key/value heads do not divide 32 heads")]
    [InlineData("num_key_value_heads", "0", "outside")]
    [InlineData("num_key_value_heads", "64", "do not divide")]
    [InlineData("head_dim", "0", "outside")]
    [InlineData("head_dim", "33", "cannot be rotated")]
    [InlineData("max_position_embeddings", "0", "outside")]
    [InlineData("summary_length", "-1", "outside")]
    [InlineData("segment_length", "0", "outside")]
    [InlineData("segment_boundary", "\"word\"", "'word' is neither")]
    [InlineData("accumulate_summary", "1", "neither true nor false")]
    [InlineData("tie_word_embeddings", "\"yes\"", "neither true nor false")]
    [InlineData("bos_token_id", "32000", "outside 0 to 31999")]
    [InlineData("eos_token_id", "[2, 32000]", "outside 0 to 31999")]
    [InlineData("eos_token_id", "\"</s>\"", "not a whole number")]
    [InlineData("model_type", "\"mamba\"", "'mamba' is not supported; these are: llama, mistral, qwen2")]
    [InlineData("hidden_act", "\"gelu\"", "'gelu' is not supported")]
    [InlineData("quantization_config", "{\"bits\": 4}", "quantized weights are not read")]
    [InlineData("rope_scaling", "5", "not an object")]
    [InlineData("rope_scaling", """{"type": "mrope"}""", "'mrope' is not supported", "rope_scaling.rope_type")]
    [InlineData("rope_scaling", """{"type": "yarn", "factor": 0.5}""", "outside", "rope_scaling.factor")]
    [InlineData("rope_scaling", """{"type": "yarn", "factor": 4, "beta_fast": 1, "beta_slow": 2}""", "below", "rope_scaling.beta_fast")]
    [InlineData("rope_scaling", """{"type": "yarn", "factor": 4, "attn_factor": 2}""", "not known", "rope_scaling.attn_factor")]
    [InlineData("rope_scaling", """{"type": "longrope", "short_factor": [1], "long_factor": [2]}""", "rotated pairs", "rope_scaling")]
    [InlineData("rope_scaling", """{"type": "longrope", "short_factor": [1, 0], "long_factor": [2, 2]}""", "list of factors", "rope_scaling.short_factor")]
    [InlineData("partial_rotary_factor", "0.5", "rotate whole heads")]
    [InlineData("rope_scaling", """{"type": "dynamic"}""", "'dynamic' is not supported", "rope_scaling.rope_type")]
    [InlineData("rope_parameters", "{\"rope_type\": \"longrope\"}", "missing", "rope_parameters.short_factor")]
    [InlineData("rope_scaling", "{\"factor\": 2}", "missing", "rope_scaling.rope_type")]
    [InlineData("rope_scaling", "{\"type\": \"linear\"}", "missing", "rope_scaling.factor")]
    [InlineData("rope_scaling", "{\"type\": \"linear\", \"factor\": 0.5}", "outside", "rope_scaling.factor")]
    [InlineData("rope_scaling", "{\"type\": \"linear\", \"factor\": NaN}", "cannot be read", "factor")]
    [InlineData("rope_scaling", """{"type": "linear", "rope_type": "llama3"}""", "contradicts", "rope_scaling.rope_type")]
    [InlineData("rope_scaling", "{\"type\": \"llama3\", \"factor\": 8}", "missing", "rope_scaling.low_freq_factor")]
    [InlineData(
        "rope_scaling",
        """
        {"type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4, "original_max_position_embeddings": 8192}
        """,
        "not above low_freq_factor",
        "rope_scaling.high_freq_factor")]
    public void Read_FaultyKey_IsRefusedByFileKeyAndFault(string key, string? value, string fault, string? named = null)
    {
        File.WriteAllText(_path, value is null ? Change(Llama2, key) : Change(Llama2, (key, value)));

        Refusal.Expect(() => LlamaConfigFile.Read(_path), _path, named ?? key, fault);
    }

    [Fact]
    public void Read_ContradictingScalings_AreRefused()
    {
        File.WriteAllText(_path, Change(
            Llama2,
            ("rope_scaling", """{"type":"linear","factor":2}"""),
            ("rope_parameters", """{"type":"linear","factor":3}""")));

        Refusal.Expect(() => LlamaConfigFile.Read(_path), _path, "rope_parameters", "contradicts 'rope_scaling'");
    }

    [Fact]
    public void Read_Window_IsThatOfTheFamilysLayers()
    {
        ModelPlan mistral = Plan(("model_type", "\"mistral\""), ("sliding_window", "1024"));
        ModelPlan qwen = Plan(
            ("model_type", "\"qwen2\""), ("sliding_window", "1024"), ("use_sliding_window", "true"), ("max_window_layers", "30"));
        ModelPlan gemma = Plan(("model_type", "\"gemma3_text\""), ("hidden_act", "null"), ("sliding_window", "1024"));

        Assert.Equal(Enumerable.Repeat(1024, 32), Windows(mistral));
        Assert.Equal([.. Enumerable.Repeat(0, 30), 1024, 1024], Windows(qwen));
        Assert.Equal([1024, 1024, 1024, 1024, 1024, 0, 1024], Windows(gemma).Take(7));

        // Off, or as wide as the model's own window: nothing changes.
        Assert.Empty(Plan(("model_type", "\"qwen2\""), ("sliding_window", "1024")).Windowed);
        Assert.Empty(Plan(("model_type", "\"mistral\""), ("sliding_window", "6144")).Windowed);
        Assert.Empty(Plan(("model_type", "\"mistral\""), ("sliding_window", "null")).Windowed);

        static IEnumerable<int> Windows(ModelPlan plan) => Enumerable.Range(0, 32).Select(plan.WindowOf);
        ModelPlan Plan(params (string, string)[] changes) => Read(Change(Llama2, changes)).Plan;
    }

    [Theory]
    [InlineData("[\"full_attention\"]", "has 1 entries for 32 layers", "layer_types")]
    [InlineData("[\"chunked_attention\"]", "'chunked_attention' is neither", "layer_types")]
    [InlineData("30.5", "a cap of scores or logits", "attn_logit_softcapping")]
    public void Read_FaultyKeyOfAFamily_IsRefused(string value, string fault, string key)
    {
        File.WriteAllText(_path, Change(Llama2, ("model_type", "\"gemma3_text\""), ("hidden_act", "null"), (key, value)));

        Refusal.Expect(() => LlamaConfigFile.Read(_path), _path, key, fault);
    }

    [Theory]
    [InlineData("[1, 0]", "has 2 entries for 32 layers")]
    [InlineData("[1, 2]", "outside 0 to 1")]
    [InlineData("\"all\"", "not a list")]
    public void Read_FaultyLayersWithoutRotation_AreRefused(string layers, string fault)
    {
        File.WriteAllText(_path, Change(Llama2, ("model_type", "\"smollm3\""), ("no_rope_layers", layers)));

        Refusal.Expect(() => LlamaConfigFile.Read(_path), _path, "no_rope_layers", fault);
    }

    [Fact]
    public void Read_FamilyThatLeavesKeysOut_HasItsDefaults()
    {
        LlamaConfig smollm = Read(Change(Change(Llama2, "tie_word_embeddings"), ("model_type", "\"smollm3\"")));
        LlamaConfig qwen = Read(Change(Llama2, ("model_type", "\"qwen3\""), ("hidden_size", "2048")));

        Assert.Equal((2e6, true), (smollm.RopeTheta, smollm.TieWordEmbeddings));
        Assert.Equal([true, true, true, false], smollm.Plan.Rotated.Take(4));
        Assert.Equal((128, LayerParts.HeadNorms), (qwen.HeadDimension, qwen.Plan.Parts));
    }

    [Fact]
    public void Read_BiasKeys_GiveTheBiases()
    {
        LlamaConfig config = Read(Change(Llama2, ("attention_bias", "true"), ("mlp_bias", "true")));

        Assert.Equal(
            LayerParts.QueryKeyValueBias | LayerParts.OutputBias | LayerParts.FeedForwardBias, config.Plan.Parts);
    }

    [Fact]
    public void Read_DoubledKey_IsRefused()
    {
        File.WriteAllText(_path, Llama2.Replace("\"use_cache\": true", "\"vocab_size\": 5", StringComparison.Ordinal));

        Refusal.Expect(() => LlamaConfigFile.Read(_path), _path, "vocab_size", "twice");
    }

    [Fact]
    public void Read_MissingOrHugeFile_IsRefused()
    {
        Refusal.Expect(() => LlamaConfigFile.Read(_path), _path, null, "does not exist");

        using (FileStream stream = File.Create(_path))
        {
            stream.SetLength(1L << 32);
        }

        Refusal.Expect(() => LlamaConfigFile.Read(_path), _path, null, "too many for this file");
    }

    /// <summary>Removes keys.</summary>
    private static string Change(string json, params string[] keys)
    {
        JsonObject changed = JsonNode.Parse(json)!.AsObject();
        Assert.All(keys, key => Assert.True(changed.Remove(key)));
        return changed.ToJsonString();
    }

    /// <summary>Sets keys to JSON text, which need not be valid.</summary>
    private static string Change(string json, params (string Key, string Value)[] values)
    {
        JsonObject changed = JsonNode.Parse(json)!.AsObject();
        foreach ((string key, _) in values)
        {
            changed.Remove(key);
        }

        return $"{{{string.Join(", ", values.Select(v => $"\"{v.Key}\": {v.Value}"))}, {changed.ToJsonString()[1..]}";
    }

    private LlamaConfig Read(string json)
    {
        File.WriteAllText(_path, json);
        return LlamaConfigFile.Read(_path);
    }
}
