using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Tool.Verification;

namespace LLoCO.Core.Tests.Verification;

/// <summary>A verification that cannot fail proves nothing: one value is changed, and it must be named.</summary>
public sealed class GoldenMutationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("c_rope", "compress.list_segments.ids")]
    [InlineData("c_rope", "compress.list_segments.softprompt")]
    [InlineData("c_rope", "compress.list_segments.summary.1")]
    [InlineData("c_rope", "compress.list_segments.logits")]
    [InlineData("e_batch", "compress.left_padded_mask_no_cache.attention_mask")]
    [InlineData("e_batch", "compress.left_padded_mask_no_cache.logits")]
    [InlineData("e_batch", "compress.right_padded_mask_with_cache.attention_mask")]
    [InlineData("e_batch", "compress.right_padded_mask_with_cache.summary.2")]
    [InlineData("c_rope", "prompt.without_softprompt.base.ids")]
    [InlineData("c_rope", "prompt.with_softprompt.base.prefill_logits")]
    [InlineData("c_rope", "prompt.with_softprompt.adapter.decode_logits")]
    [InlineData("c_rope", "prompt.with_softprompt.adapter.decode_ids")]
    [InlineData("c_rope", "prompt.with_softprompt.adapter.greedy_ids")]
    [InlineData("c_rope", "sft.one_row.input_ids")]
    [InlineData("c_rope", "sft.one_row.labels")]
    [InlineData("c_rope", "sft.one_row.logits")]
    [InlineData("c_rope", "sft.one_row.grad.base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight")]
    [InlineData("c_rope", "sft.one_row.trained.base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight")]
    [InlineData("d_bf16", "cache.softprompts.pth.52845.softprompt")]
    public async Task VerifyAsync_ANumberOfATensorChanged_NamesTheTensor(string name, string tensor)
    {
        using var copy = new GoldenCopy(name);
        copy.ChangeNumber("goldens.safetensors", tensor);

        // A changed input is noticed where it stands a second time in goldens.json, under the scenario's name for it.
        await AssertFailsAsync(copy, tensor, tensor.Split('.')[^1] + "_values");
    }

    [Theory]
    [InlineData("c_rope", "compress.continue_from_softprompt.softprompt_in", "compress.continue_from_softprompt.summary.0")]
    [InlineData("c_rope", "sft.one_row.context_embeddings", "sft.one_row.logits")]
    [InlineData("e_batch", "sft.two_rows.labels", "labels_values")]
    [InlineData("d_bf16", "cache.softprompts.pth.20005.ids", "cache.softprompts.pth.20005.softprompt")]
    public async Task VerifyAsync_AnInputChanged_NamesWhatFollowsFromIt(string name, string tensor, string named)
    {
        using var copy = new GoldenCopy(name);
        copy.ChangeNumber("goldens.safetensors", tensor);

        await AssertFailsAsync(copy, named);
    }

    [Theory]
    [InlineData("c_rope", "compress[0].ids_values[0][3]", 1)]
    [InlineData("c_rope", "compress[0].segment_token_counts[2]", 1)]
    [InlineData("c_rope", "compress[1].segment_lengths[2]", 1)]
    [InlineData("c_rope", "compress[2].segment_lengths", 1)]
    [InlineData("c_rope", "compress[1].rope_calls[1].length", 1)]
    [InlineData("e_batch", "compress[2].rope_calls[1].packed_lengths[1]", 1)]
    [InlineData("c_rope", "prompts[0].softprompt_length", 1)]
    [InlineData("c_rope", "prompts[0].expected.greedy_values[0][23]", 1)]
    [InlineData("c_rope", "prompts[1].expected.smallest_top2_margin", 0.01)]
    [InlineData("c_rope", "prompts[1].expected.stop_at.eos_token_id", 1)]
    [InlineData("c_rope", "prompts[1].expected.stop_at.greedy_values[0][4]", 1)]
    [InlineData("c_rope", "prompts[2].rope_calls[3].offset", 1)]
    [InlineData("c_rope", "sft[0].labels_values[0][16]", 1)]
    [InlineData("c_rope", "sft[0].segment_lengths", 1)]
    [InlineData("c_rope", "sft[0].optimizer.eps", 1e-8)]
    [InlineData("c_rope", "sft[0].optimizer.weight_decay", 0.01)]
    [InlineData("c_rope", "sft[0].optimizer.steps", 1)]
    [InlineData("c_rope", "sft[0].expected.loss_per_step[0]", 0.001)]
    [InlineData("c_rope", "sft[0].expected.loss_per_step[3]", 0.001)]
    [InlineData("c_rope", "sft[0].expected.gradient_sizes.median", 0.001)]
    [InlineData("c_rope", "sft[0].expected.gradient_sizes.below_1e_minus_5", 1)]
    [InlineData("c_rope", "self_checks_max_abs_difference.cached_vs_uncached_decoding", 0.01)]
    [InlineData("c_rope", "format", 1)]
    [InlineData("d_bf16", "caches[0].entries[1].token_count", 1)]
    [InlineData("d_bf16", "caches[0].segment_lengths", 1)]
    public async Task VerifyAsync_ANumberOfTheScenariosChanged_NamesIt(string name, string place, double by)
    {
        using var copy = new GoldenCopy(name);
        copy.ChangeJsonNumber(place, by);

        // The value itself, or the list or object that it is part of.
        await AssertFailsAsync(copy, place, Parent(place, "[0]["), Parent(place, "["), Parent(place, "."));
    }

    private static string Parent(string place, string mark) =>
        place.LastIndexOf(mark, StringComparison.Ordinal) is > 0 and int end ? place[..end] : place;

    [Theory]
    [InlineData("compress.single_segment.summary.0")]
    [InlineData("prompt.with_softprompt.base.decode_logits")]
    [InlineData("sft.one_row.grad.base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight")]
    [InlineData("sft.one_row.trained.base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight")]
    public async Task VerifyAsync_ATensorMissing_NamesItAndTheOneLeftOver(string tensor)
    {
        using var copy = new GoldenCopy("c_rope");
        copy.Rename("goldens.safetensors", tensor, "surplus");

        string[] failures = await AssertFailsAsync(copy, tensor);
        Assert.Contains(failures, failure => failure.StartsWith("surplus:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task VerifyAsync_AScenarioOfAnUnknownKind_NamesIt()
    {
        using var copy = new GoldenCopy("c_rope");
        copy.ChangeJson(json => json["beams"] = new JsonArray(new JsonObject { ["width"] = 4 }));

        await AssertFailsAsync(copy, "beams[0].width");
    }

    [Fact]
    public async Task VerifyAsync_AFieldThatNothingReads_NamesIt()
    {
        using var copy = new GoldenCopy("c_rope");
        copy.ChangeJson(json => json["prompts"]![0]!["temperature"] = 0.5);

        await AssertFailsAsync(copy, "prompts[0].temperature");
    }

    [Fact]
    public async Task VerifyAsync_ASettingThatIsNotRun_NamesIt()
    {
        using var copy = new GoldenCopy("c_rope");
        copy.ChangeJson(json => json["sft"]![0]!["optimizer"]!["gradient_clipping"] = 1.0);

        await AssertFailsAsync(copy, "sft[0].optimizer.gradient_clipping");
    }

    [Fact]
    public async Task VerifyAsync_TheLearningRateChanged_NamesTheTrainedParameters()
    {
        using var copy = new GoldenCopy("c_rope");
        copy.ChangeJsonNumber("sft[0].optimizer.lr", 0.001);

        await AssertFailsAsync(copy, "sft.one_row.trained.base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight");
    }

    [Fact]
    public async Task VerifyAsync_AListOfScenariosMissing_NamesItAndItsTensors()
    {
        using var copy = new GoldenCopy("c_rope");
        copy.ChangeJson(json => json.Remove("prompts"));

        string[] failures = await AssertFailsAsync(copy, "prompts");
        Assert.Contains(
            failures, failure => failure.StartsWith("prompt.without_softprompt.base.greedy_ids:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task VerifyAsync_AnAdapterWeightChanged_NamesWhatFollowsFromIt()
    {
        using var copy = new GoldenCopy("c_rope");
        copy.ChangeNumber(
            "adapter/adapter_model.safetensors", "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight");

        await AssertFailsAsync(copy, "prompt.with_softprompt.adapter.prefill_logits");
    }

    [Fact]
    public async Task VerifyAsync_ACacheEntryMissing_NamesTheFile()
    {
        using var copy = new GoldenCopy("d_bf16");
        File.Delete(copy.PathOf("softprompts.pth"));

        await AssertFailsAsync(copy, "caches[0]");
    }

    [Fact]
    public async Task VerifyAsync_NoCase_IsRefused()
    {
        CheckpointFormatException error = await Assert.ThrowsAsync<CheckpointFormatException>(
            () => GoldenVerifier.VerifyAsync(Path.GetTempPath(), cancellationToken: Token));

        Assert.Contains("goldens.json", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string[]> AssertFailsAsync(GoldenCopy copy, params string[] names)
    {
        IReadOnlyList<GoldenRow> rows = await GoldenVerifier.VerifyAsync(copy.Folder, cancellationToken: Token);

        Assert.Contains(rows, row => !row.Ok);
        string[] failures = [.. rows.SelectMany(row => row.Failures)];
        Assert.True(
            failures.Any(failure => names.Any(name => failure.Contains(name, StringComparison.Ordinal))),
            string.Join(Environment.NewLine, failures));
        return failures;
    }
}
