using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Index;
using Xunit;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Model;

/// <summary>The shapes' numbers of weights, as their makers give them (llama2.c, TinyLlama, Llama-2; SmolLM 2, Gemma 3, Qwen 3 and
/// Llama 3.2 by their safetensors).</summary>
public sealed class ModelShapesTests
{
    [Theory]
    [InlineData("15M", 15_191_712)]
    [InlineData("110M", 109_529_856)]
    [InlineData("1.1B", 1_100_048_384)]
    [InlineData("3B", 3_426_473_600)]
    [InlineData("7B", 6_738_415_616)]
    [InlineData("smollm2-135m", 134_515_008)]
    [InlineData("gemma3-270m", 268_098_176)]
    [InlineData("qwen3-0.6b", 596_049_920)]
    [InlineData("llama3.2-1b", 1_235_814_400)]
    public void Find_NamedShape_HasThePublishedNumberOfWeights(string name, long expected)
    {
        LlamaConfig config = ModelShapes.Find(name);
        long embedding = (long)config.VocabularySize * config.HiddenSize;

        long weights = ModelShapes.WeightsPerToken(config) + (config.TieWordEmbeddings ? 0 : embedding);

        Assert.Equal(expected, weights);
    }

    [Fact]
    public void Find_UnknownShape_NamesTheKnownOnes()
    {
        LlocoException error = Assert.Throws<LlocoException>(() => ModelShapes.Find("5B"));

        Assert.Equal(
            "There is no model shape '5B'. Known: 15M, 110M, 1.1B, 3B, 7B, smollm2-135m, gemma3-270m, qwen3-0.6b, llama3.2-1b.",
            error.Message);
    }

    /// <summary>The keys of the models' published files; window and sizes of summaries are the measurements' own.</summary>
    [Theory]
    [InlineData("smollm2-135m", """
        "model_type": "llama", "hidden_size": 576, "intermediate_size": 1536, "num_attention_heads": 9, "num_key_value_heads": 3,
        "num_hidden_layers": 30, "head_dim": 64, "vocab_size": 49152, "rms_norm_eps": 1e-05, "rope_theta": 100000,
        "rope_scaling": null, "tie_word_embeddings": true
        """)]
    [InlineData("llama3.2-1b", """
        "model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_attention_heads": 32, "num_key_value_heads": 8,
        "num_hidden_layers": 16, "head_dim": 64, "vocab_size": 128256, "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
        "rope_scaling": { "factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
        "original_max_position_embeddings": 8192, "rope_type": "llama3" }, "tie_word_embeddings": true
        """)]
    [InlineData("qwen3-0.6b", """
        "model_type": "qwen3", "hidden_size": 1024, "intermediate_size": 3072, "num_attention_heads": 16, "num_key_value_heads": 8,
        "num_hidden_layers": 28, "head_dim": 128, "vocab_size": 151936, "rms_norm_eps": 1e-06, "rope_theta": 1000000,
        "rope_scaling": null, "sliding_window": null, "max_window_layers": 28, "use_sliding_window": false,
        "attention_bias": false, "tie_word_embeddings": true
        """)]
    [InlineData("gemma3-270m", """
        "model_type": "gemma3_text", "hidden_size": 640, "intermediate_size": 2048, "num_attention_heads": 4,
        "num_key_value_heads": 1, "num_hidden_layers": 18, "head_dim": 256, "vocab_size": 262144, "rms_norm_eps": 1e-06,
        "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0, "query_pre_attn_scalar": 256, "sliding_window": 512,
        "hidden_activation": "gelu_pytorch_tanh"
        """)]
    public void Find_ShapeOfAPublishedModel_IsWhatItsConfigurationSays(string name, string keys)
    {
        using var folder = new TemporaryFolder();
        string path = folder.PathOf(LlamaConfigFile.FileName);
        File.WriteAllText(path, "{" + keys + ", \"max_position_embeddings\": 262144, \"summary_length\": 50}");
        LlamaConfig read = LlamaConfigFile.Read(path);
        LlamaConfig shape = ModelShapes.Find(name);

        Assert.Equivalent(read.Plan, shape.Plan, strict: true);
        Assert.Equal(Numbers(read), Numbers(shape));
    }

    private static (int, int, int, int, int, int, int, double, double, RopeScaling, bool) Numbers(LlamaConfig config) => (
        config.VocabularySize, config.HiddenSize, config.IntermediateSize, config.Layers, config.Heads, config.KeyValueHeads,
        config.HeadDimension, config.NormEpsilon, config.RopeTheta, config.RopeScaling, config.TieWordEmbeddings);

    [Fact]
    public void MakeModel_SameSeed_SameWeightsOfTheExpectedSpread()
    {
        LlocoRuntime.EnsureAvailable();
        using var scope = TorchSharp.torch.NewDisposeScope();
        LlamaConfig config = ModelShapes.Find("15M");
        using LlamaModel one = ShapedModel.Create(config, 5, ScalarType.Float32, CPU);
        using LlamaModel other = ShapedModel.Create(config, 5, ScalarType.Float32, CPU);
        Tensor weight = one.Weights.TokenEmbedding;

        Assert.True(weight.Equals(other.Weights.TokenEmbedding));
        Assert.Equal(0.02f, weight.std().item<float>(), 0.0005f);
        Assert.False(weight[0].Equals(weight[1]));
    }
}
