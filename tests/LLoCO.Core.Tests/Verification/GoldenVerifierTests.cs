using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Tool.Verification;
using Xunit;

namespace LLoCO.Core.Tests.Verification;

/// <summary>Parity with the original Python code: its numbers, recomputed by this library.</summary>
public sealed class GoldenVerifierTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a_mha")]
    [InlineData("b_gqa")]
    [InlineData("b2_gqa_unpatched")]
    [InlineData("c_rope")]
    [InlineData("d_bf16")]
    [InlineData("e_batch")]
    public async Task VerifyAsync_Goldens_AllNumbersAgree(string name)
    {
        IReadOnlyList<GoldenRow> rows = await GoldenVerifier.VerifyAsync(Goldens.Path(name), cancellationToken: Token);

        Assert.Empty(rows.SelectMany(row => row.Failures));
        Assert.All(rows, row => Assert.True(row.Ok && row.MaxAbsDiff <= row.Tolerance && row.Compared > 0, row.Kind));
        Assert.Superset(
            new HashSet<string>
            {
                "compress.softprompt", "compress.summary", "compress.summary_cached", "compress.logits",
                "prompt.prefill_logits", "prompt.decode_logits", "prompt.greedy_ids", "prompt.stop_at",
                "sft.loss", "sft.logits", "sft.gradient", "sft.trained",
            },
            rows.Select(row => row.Kind).ToHashSet());
    }
}
