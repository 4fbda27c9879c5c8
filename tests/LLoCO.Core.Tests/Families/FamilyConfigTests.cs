using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Families;

/// <summary>Keys that are null or absent, and values that a family does not have.</summary>
public sealed class FamilyConfigTests : IDisposable
{
    private const string Shape = "\"vocab_size\": 9, \"hidden_size\": 16, \"intermediate_size\": 8, \"num_hidden_layers\": 3, "
        + "\"num_attention_heads\": 4, \"num_key_value_heads\": 4, \"max_position_embeddings\": 8192";

    private static readonly string[] Nulls =
    [
        "rope_scaling", "rope_parameters", "head_dim", "pad_token_id", "layer_types", "hidden_act", "torch_dtype", "dtype",
        "partial_rotary_factor", "original_max_position_embeddings", "no_rope_layers", "max_window_layers", "rope_theta", "rms_norm_eps",
        "attention_bias", "mlp_bias", "tie_word_embeddings", "use_sliding_window", "quantization_config", "vision_config", "text_config",
        "num_local_experts", "attn_logit_softcapping", "initializer_range", "full_attn_mod", "summary_length",
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Families => [.. ModelFamily.All.Select(family => family.ModelType)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Families))]
    public void Read_KeysThatAreNull_AreAbsent(string family)
    {
        LlamaConfig absent = Read(family);
        LlamaConfig isNull = Read(family, string.Concat(Nulls.Select(key => $", \"{key}\": null")));

        Assert.Equal(new CheckpointDigest(absent).Finish(), new CheckpointDigest(isNull).Finish());
    }

    /// <summary>Defaults of the families' configuration classes in transformers.</summary>
    [Theory]
    [InlineData("llama", 0, 1e-6, false)]
    [InlineData("mistral", 4096, 1e-6, false)]
    [InlineData("ministral", 4096, 1e-6, false)]
    [InlineData("qwen2", 0, 1e-6, false)]
    [InlineData("qwen3", 0, 1e-6, false)]
    [InlineData("smollm3", 0, 1e-6, true)]
    [InlineData("phi3", 0, 1e-5, false)]
    [InlineData("olmo2", 0, 1e-5, false)]
    [InlineData("gemma3_text", 4096, 1e-6, true)]
    [InlineData("granite", 0, 1e-6, false)]
    public void Read_KeysThatAreAbsent_HaveTheFamilysDefaults(string family, int window, double epsilon, bool tied)
    {
        LlamaConfig config = Read(family);

        Assert.Equal(window, config.Plan.WindowOf(0));
        Assert.Equal(epsilon, config.NormEpsilon);
        Assert.Equal(tied, config.TieWordEmbeddings);
    }

    [Theory]
    [InlineData("mistral")]
    [InlineData("ministral")]
    [InlineData("phi3")]
    public void Read_WindowThatIsNull_IsNone(string family) =>
        Assert.Equal(0, Read(family, ", \"sliding_window\": null").Plan.WindowOf(0));

    /// <summary>A written configuration says what readers would otherwise take from the family.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Write_NoWindow_IsReadAsNone(string family)
    {
        LlamaConfig config = Read(family, ", \"sliding_window\": null, \"layer_types\": [\"full_attention\", \"full_attention\", \"full_attention\"]");
        string path = _folder.PathOf("written.json");

        LlamaConfigFile.Write(path, config);

        LlamaConfig again = LlamaConfigFile.Read(path);
        Assert.All(Enumerable.Range(0, 3), layer => Assert.Equal((0, false), (again.Plan.WindowOf(layer), again.Plan.IsLocal(layer))));
        Assert.Equal(new CheckpointDigest(config).Finish(), new CheckpointDigest(again).Finish());
    }

    /// <summary>Qwen's pages: the window before stretching stays in max_position_embeddings.</summary>
    [Theory]
    [InlineData("\"factor\": 4.0, \"original_max_position_embeddings\": 8192", 32_768)]
    [InlineData("\"factor\": 4.0", 32_768)]
    [InlineData("\"original_max_position_embeddings\": 2048", 8_192)]
    [InlineData("\"factor\": 2.0, \"original_max_position_embeddings\": 2048", 8_192)]
    public void Read_Yarn_StretchesTheWindow(string keys, int window) => Assert.Equal(
        window, Read("qwen3", $", \"rope_scaling\": {{\"rope_type\": \"yarn\", {keys}}}").MaxPositions);

    [Theory]
    [InlineData("full_attn_mod", "2", "outside 1 to 1")]
    [InlineData("interpolate_factor", "3", "outside 1 to 1")]
    [InlineData("lm_head_bias", "true", "not known")]
    [InlineData("partial_rotary_factor", "0.3", "cannot be rotated in pairs")]
    [InlineData("rope_parameters", "{\"full_attention\": {\"rope_theta\": 5.0, \"twist\": 2}}", "not known")]
    [InlineData("rope_parameters", "{\"cross_attention\": {\"rope_theta\": 5.0}}", "not known")]
    [InlineData("rope_parameters", "{\"rope_theta\": 1.0, \"rope_type\": \"longrope\", \"short_factor\": [1, -1], \"long_factor\": [1, 1]}", "list of factors")]
    [InlineData("layer_types", "[\"chunked_attention\", \"full_attention\", \"full_attention\"]", "neither")]
    public void Read_WhatPhiDoesNotHave_IsRefused(string key, string value, string fault)
    {
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => Read("phi3", $", \"{key}\": {value}"));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(", \"rope_theta\": 1.0, \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 2.0}", "rope_theta", "above 1")]
    [InlineData(", \"rope_parameters\": {\"full_attention\": {}, \"sliding_attention\": {\"rope_type\": \"longrope\", \"short_factor\": [1, 2], \"long_factor\": [1, 2]}}", "rope_type", "angles of their own")]
    [InlineData(", \"rope_parameters\": {\"full_attention\": {}, \"sliding_attention\": {\"rope_type\": \"yarn\", \"rope_theta\": 1.0}}", "rope_parameters.sliding_attention.rope_theta", "above 1")]
    [InlineData(", \"rope_parameters\": {\"rope_type\": \"default\"}, \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2.0}", "rope_parameters", "contradicts")]
    public void Read_RotarySettingsThatAreNotComputed_AreRefused(string keys, string key, string fault)
    {
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => Read("ministral", keys));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    private LlamaConfig Read(string family, string more = "")
    {
        string path = _folder.PathOf("config.json");
        File.WriteAllText(path, $"{{ \"model_type\": \"{family}\", {Shape}{more} }}");
        return LlamaConfigFile.Read(path);
    }
}
