using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Fakes;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Decoding.Batching;

/// <summary>Answers that are decoded together are those that are decoded one after the other.</summary>
public sealed class BatchedAnswersTests
{
    private static readonly LlamaConfig Small = new()
    {
        VocabularySize = 48,
        HiddenSize = 64,
        IntermediateSize = 96,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDimension = 16,
        MaxPositions = 4096,
    };

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
            model.Loaded, model.Loaded.Fingerprint, tokenizer: null, batching: new BatchOptions { MaxSequences = 1 });
        await using LlamaAnswerDecoder together = model.Decoder();

        var expected = new List<int[]>();
        foreach (DecodeRequest request in requests)
        {
            expected.Add(await ReadAsync(alone, request));
        }

        int[][] actual = await ReadTogetherAsync(model.Loaded, together, requests);

        Assert.Equal(expected, actual);
        Assert.Equal(alone.Batch.Fed, together.Batch.Fed);
        Assert.Equal(alone.Batch.Steps, alone.Batch.Fed);
        Assert.True(together.Batch.Steps < together.Batch.Fed / 2, $"{together.Batch.Fed} tokens in {together.Batch.Steps} steps");
        Assert.Contains(expected, answer => !answer.SequenceEqual(expected[0]));
    }

    [Fact]
    public async Task DecodeAsync_LongPrefixesAndPromptsReadInParts_GiveTheSameAnswersAsAlone()
    {
        var fingerprint = new ModelFingerprint("random", "none", 8, 4, ModelFingerprint.IdentityProjector);
        await using var model = new LoadedModel(
            new LlamaModel(LlamaWeights.Random(Small, 11, ScalarType.Float32, CPU)), fingerprint);

        // Two of them share a prefix that nobody has read before.
        DecodeRequest[] requests =
        [
            Request(model, prefix: 0, prompt: 3, tokens: 120), Request(model, prefix: 1300, prompt: 900, tokens: 9),
            Request(model, prefix: 1300, prompt: 40, tokens: 15), Request(model, prefix: 20, prompt: 700, tokens: 9),
            Request(model, prefix: 0, prompt: 30, tokens: 60),
        ];
        await using var alone = new LlamaAnswerDecoder(
            model, fingerprint, tokenizer: null, batching: new BatchOptions { MaxSequences = 1 });
        await using var together = new LlamaAnswerDecoder(model, fingerprint, tokenizer: null);

        var expected = new List<int[]>();
        foreach (DecodeRequest request in requests)
        {
            expected.Add(await ReadAsync(alone, request));
        }

        int[][] actual = await ReadTogetherAsync(model, together, requests);

        Assert.Equal(expected, actual);
        Assert.Equal((2, 2), (alone.Prefixes.Computed, together.Prefixes.Computed));
        Assert.All(expected, answer => Assert.True(answer.Distinct().Count() > 2, "Answers that stand still prove nothing."));
    }

    private static DecodeRequest Request(LoadedModel model, int prefix, int prompt, int tokens)
    {
        int width = model.Config.HiddenSize;
        var random = new Random(prefix);
        float[] vectors = [.. Enumerable.Range(0, prefix * width).Select(_ => (float)random.NextDouble() - 0.5f)];
        var summary = new SummaryEmbeddings(
            $"document {prefix}", prefix, width, SummaryEncoding.Float32,
            SummaryPayload.Encode(vectors, width, SummaryEncoding.Float32),
            [new SegmentSummary(0, 0, 8, 0, prefix)], model.Fingerprint);
        int[] ids = [.. Enumerable.Range(0, prompt).Select(_ => random.Next(3, model.Config.VocabularySize))];
        return new DecodeRequest(
            prefix == 0 ? [] : [summary], ids, null, new GenerationOptions { MaxNewTokens = tokens, Temperature = 1, Seed = 5 });
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

    /// <summary>Asks from several threads, and lets the model begin when all have asked, however long that takes.</summary>
    private static async Task<int[][]> ReadTogetherAsync(LoadedModel model, LlamaAnswerDecoder decoder, DecodeRequest[] requests)
    {
        using var asked = new ManualResetEventSlim();
        Task busy = model.Worker.RunAsync(() => asked.Wait(Token), Token, plain: true);
        Task<int[]>[] reading = await Task.WhenAll(requests.Select(request =>
            Task.Factory.StartNew(() => ReadAsync(decoder, request), Token, TaskCreationOptions.None, TaskScheduler.Default)));
        asked.Set();
        await busy;
        return await Task.WhenAll(reading);
    }

    private static async Task<int[]> ReadAsync(LlamaAnswerDecoder decoder, DecodeRequest request) =>
        [.. await decoder.DecodeAsync(request, Token).Select(step => step.TokenId).ToListAsync(Token)];
}
