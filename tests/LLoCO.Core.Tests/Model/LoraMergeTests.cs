using LLoCO.Core.Decoding;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tests.Fakes;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Model;

/// <summary>A merged adapter is compared with what the original computed with the adapter beside the weights.</summary>
public sealed class LoraMergeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a_mha")]
    [InlineData("b_gqa")]
    [InlineData("c_rope")]
    public async Task Merge_Logits_AreThoseOfTheOriginalsAdapterAndTheBaseStays(string name)
    {
        await using var model = new GoldenModel(name);
        float[] expected = model.Floats("prompt.with_softprompt.adapter.prefill_logits");
        float[] expectedBase = model.Floats("prompt.with_softprompt.base.prefill_logits");

        (float[] merged, float[] plain) = await model.Loaded.Worker.RunAsync(
            () =>
            {
                float[] logits;
                using (LlamaModel copy = LoraMerge.Merge(model.Loaded.Model, model.Loaded.FindAdapter("adapter")!))
                {
                    logits = Logits(model, copy, "adapter");
                }

                // The copy is gone; what it shared must still be there.
                return (logits, Logits(model, model.Loaded.Model, "base"));
            },
            Token);

        AssertClose(expected[^merged.Length..], merged);
        AssertClose(expectedBase[^plain.Length..], plain);
        Assert.True(Largest(expected, expectedBase) > 0.01, "The adapter changes nothing that could be seen.");
    }

    [Fact]
    public async Task MergeAdapter_OneOfTwo_BothAndTheBaseAnswerAsTheOriginalAtTheSameTime()
    {
        await using var model = new GoldenModel("b_gqa");
        model.Loaded.SetAdapter(LoraAdapterFolder.Load(
            Checkpoints.Goldens.Path("b_gqa", "adapter"), "beside", model.Loaded.Config, CPU));
        model.Loaded.MergeAdapter("adapter");
        await using LlamaAnswerDecoder decoder = model.Decoder();
        string?[] adapters = ["adapter", null, "beside", "adapter", "beside", null];

        int[][] answers = await Task.WhenAll(adapters.Select(adapter => Task.Run(
            () => ReadAsync(decoder, model.Request("adapter") with
            {
                Adapter = adapter,
                Prompt = model.Request(adapter is null ? null : "adapter").Prompt,
            }),
            Token)));

        Assert.All(adapters.Zip(answers), pair =>
            Assert.Equal(model.Answer(pair.First is null ? null : "adapter"), pair.Second));
    }

    [Fact]
    public async Task MergeAdapter_NotLoaded_NamesThoseThatAre()
    {
        await using var model = new GoldenModel("a_mha");

        LlocoException error = Assert.Throws<LlocoException>(() => model.Loaded.MergeAdapter("ship"));

        Assert.Contains("'ship'", error.Message, StringComparison.Ordinal);
        Assert.Contains("adapter", error.Message, StringComparison.Ordinal);
    }

    private static float[] Logits(GoldenModel golden, LlamaModel model, string variant)
    {
        using DisposeScope scope = NewDisposeScope();
        using var session = new DecodeSession(model, null, 64);
        float[] vectors = golden.Floats("compress.int_segments.softprompt");
        session.FeedVectors(vectors, vectors.Length / model.Config.HiddenSize);
        return session.FeedTokens(golden.Ids($"prompt.with_softprompt.{variant}.ids"));
    }

    private static void AssertClose(float[] expected, float[] actual) => Assert.InRange(Largest(expected, actual), 0, 5e-4);

    private static float Largest(float[] left, float[] right) => left.Zip(right, (x, y) => Math.Abs(x - y)).Max();

    private static async Task<int[]> ReadAsync(LlamaAnswerDecoder decoder, DecodeRequest request) =>
        [.. await decoder.DecodeAsync(request, Token).Select(step => step.TokenId).ToListAsync(Token)];
}
