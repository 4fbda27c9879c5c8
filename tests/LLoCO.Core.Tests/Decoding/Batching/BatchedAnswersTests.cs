using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;

namespace LLoCO.Core.Tests.Decoding.Batching;

/// <summary>Answers that are decoded together are those that are decoded one after the other.</summary>
public sealed class BatchedAnswersTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a_mha")]
    [InlineData("b_gqa")]
    [InlineData("c_rope")]
    public async Task DecodeAsync_PrefixesLengthsAndAdaptersOfTheirOwn_GiveTheSameAnswersAsAlone(string name)
    {
        await using var model = new GoldenModel(name);
        DecodeRequest[] requests = [.. Requests(model)];
        await using var alone = new LlamaAnswerDecoder(
            model.Loaded, model.Loaded.Fingerprint, tokenizer: null, batching: new BatchOptions { MaxRows = 1 });
        await using LlamaAnswerDecoder together = model.Decoder();

        var expected = new List<int[]>();
        foreach (DecodeRequest request in requests)
        {
            expected.Add(await ReadAsync(alone, request));
        }

        int[][] actual = await Task.WhenAll(requests.Select(request => Task.Run(() => ReadAsync(together, request), Token)));

        Assert.Equal(expected, actual);
        Assert.Equal(alone.Batch.Fed, together.Batch.Fed);
        Assert.Equal(alone.Batch.Steps, alone.Batch.Fed);
        Assert.True(together.Batch.Steps < together.Batch.Fed / 2, $"{together.Batch.Fed} tokens in {together.Batch.Steps} steps");
        Assert.Contains(expected, answer => !answer.SequenceEqual(expected[0]));
    }

    /// <summary>Twelve requests: three prefixes, two lengths of prompt, with and without the adapter, greedy and drawn.</summary>
    private static IEnumerable<DecodeRequest> Requests(GoldenModel model)
    {
        DecodeRequest whole = model.Request(null);
        float[] vectors = model.Floats("compress.int_segments.softprompt");
        int width = model.Loaded.Config.HiddenSize;
        for (int i = 0; i < 12; i++)
        {
            int prefix = (i % 3) * 5;
            yield return new DecodeRequest(
                prefix == 0 ? [] : [model.Summary(vectors[..(prefix * width)], $"document {prefix}")],
                whole.Prompt[(i / 6)..],
                i % 2 == 0 ? null : "adapter",
                new GenerationOptions { MaxNewTokens = 20 + i, Temperature = i == 7 ? 2 : 0, Seed = 1 });
        }
    }

    private static async Task<int[]> ReadAsync(LlamaAnswerDecoder decoder, DecodeRequest request) =>
        [.. await decoder.DecodeAsync(request, Token).Select(step => step.TokenId).ToListAsync(Token)];
}
