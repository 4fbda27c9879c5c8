using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Kinds of models that are not run are named; keys are read, known to be harmless, or refused.</summary>
public sealed class UnsupportedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("quantization_config", "{\"quant_method\": \"gptq\", \"bits\": 4}", "quantized by GPTQ")]
    [InlineData("quantization_config", "{\"quant_method\": \"awq\"}", "quantized by AWQ")]
    [InlineData("quantization_config", "{\"load_in_4bit\": true}", "quantized by bitsandbytes")]
    [InlineData("quantization_config", "{\"quant_method\": \"fp8\"}", "quantized by FP8")]
    [InlineData("quantization_config", "{\"quant_method\": \"mxfp4\"}", "quantized by MXFP4")]
    [InlineData("quantization_config", "{\"quant_method\": \"newquant\"}", "quantized by newquant")]
    [InlineData("quantization", "{\"group_size\": 64, \"bits\": 4}", "quantized by MLX")]
    [InlineData("model_type", "\"mixtral\"", "mixture of experts")]
    [InlineData("model_type", "\"qwen3_moe\"", "mixture of experts")]
    [InlineData("model_type", "\"deepseek_v3\"", "mixture of experts")]
    [InlineData("model_type", "\"gpt_oss\"", "mixture of experts")]
    [InlineData("model_type", "\"qwen2_5_vl\"", "images or sound")]
    [InlineData("model_type", "\"llava_next\"", "images or sound")]
    [InlineData("num_local_experts", "8", "mixture of experts")]
    [InlineData("n_routed_experts", "64", "mixture of experts")]
    [InlineData("vision_config", "{\"hidden_size\": 8}", "sees images")]
    [InlineData("text_config", "{\"hidden_size\": 8}", "nests its text model")]
    [InlineData("text_config", "{\"model_type\": \"gemma3_text\"}", "wraps one of model_type 'gemma3_text'")]
    [InlineData("text_config", "{\"model_type\": \"ministral3\"}", "wraps 'ministral3'")]
    [InlineData("quantization_config", "{\"quant_method\": \"compressed-tensors\"}", "quantized by compressed-tensors")]
    [InlineData("quantization_config", "{\"quant_method\": \"bitsandbytes\", \"load_in_8bit\": true}", "quantized by bitsandbytes")]
    [InlineData("model_type", "\"phimoe\"", "mixture of experts")]
    [InlineData("model_type", "\"olmoe\"", "mixture of experts")]
    [InlineData("model_type", "\"phi3_v\"", "images or sound")]
    [InlineData("model_type", "\"phi4mm\"", "images or sound")]
    [InlineData("model_type", "\"gemma3n_text\"", "images or sound")]
    [InlineData("model_type", "\"gemma3\"", "these are: llama")]
    [InlineData("model_type", "\"ministral3\"", "these are: llama")]
    [InlineData("model_type", "\"olmo3\"", "these are: llama")]
    [InlineData("logit_scale", "0.5", "the key is not known")]
    [InlineData("rope_interleaved", "true", "the key is not known")]
    [InlineData("clip_qkv", "8.0", "the key is not known")]
    [InlineData("attention_sinks", "[1]", "the key is not known")]
    [InlineData("hyper_connections", "{\"n\": 4}", "the key is not known")]
    [InlineData("norm_kind", "\"layer\"", "the key is not known")]
    public void Read_KindThatIsNotRun_IsRefusedByName(string key, string value, string fault)
    {
        string model = Cases.CopyModel(_folder);
        Cases.Configure(model, (key, value));
        string path = Path.Combine(model, "config.json");

        Refusal.Expect(() => LlamaConfigFile.Read(path), path, key, fault);
    }

    [Fact]
    public void Read_UnknownKeyOfRotarySettings_IsRefused()
    {
        string model = Cases.CopyModel(_folder);
        Cases.Configure(model, ("rope_scaling", "{\"rope_type\": \"linear\", \"factor\": 2, \"twist\": 0.5}"));
        string path = Path.Combine(model, "config.json");

        Refusal.Expect(() => LlamaConfigFile.Read(path), path, "rope_scaling.twist", "the key is not known");
    }

    [Theory]
    [InlineData("num_local_experts", "0")]
    [InlineData("vision_config", "null")]
    [InlineData("logit_scale", "null")]
    [InlineData("rope_interleaved", "false")]
    [InlineData("_attn_implementation_autoset", "true")]
    [InlineData("transformers_version", "\"5.1.0\"")]
    [InlineData("is_llama_config", "true")]
    [InlineData("unsloth_version", "\"2026.1\"")]
    [InlineData("pretraining_tp", "1")]
    [InlineData("attention_dropout", "0.1")]
    [InlineData("task_specific_params", "{\"a\": 1}")]
    [InlineData("rope_parameters", "{\"rope_theta\": 10000.0, \"rope_type\": \"default\"}")]
    public void Read_KeyThatIsOffOrHarmless_ChangesNothing(string key, string value)
    {
        string model = Cases.CopyModel(_folder);
        LlamaConfig plain = LlamaConfigFile.Read(Path.Combine(model, "config.json"));
        Cases.Configure(model, (key, value));

        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(model, "config.json"));

        Assert.Equal(plain with { EndOfSequenceIds = config.EndOfSequenceIds }, config);
    }

    [Fact]
    public void Read_WindowInItsOlderName_IsTaken()
    {
        string model = Cases.CopyModel(_folder, "config-no-max-position");
        string path = Path.Combine(model, "config.json");
        Assert.Equal(512, LlamaConfigFile.Read(path).MaxPositions);

        Cases.Configure(model, ("max_sequence_length", null));
        Assert.Equal(2048, LlamaConfigFile.Read(path).MaxPositions);

        Cases.Configure(model, ("max_sequence_length", "1024"));
        Assert.Equal(1024, LlamaConfigFile.Read(path).MaxPositions);

        Cases.Configure(model, ("max_position_embeddings", "512"));
        Assert.Equal(512, LlamaConfigFile.Read(path).MaxPositions);
    }
}
