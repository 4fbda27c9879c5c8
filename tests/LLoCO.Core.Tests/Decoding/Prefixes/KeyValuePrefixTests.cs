using LLoCO.Core.Checkpoints;
using LLoCO.Core.Decoding;
using LLoCO.Core.Model;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Decoding.Prefixes;

/// <summary>Answers behind a key/value prefix of PEFT's, compared with a plain LLaMA in double precision: the prefix's keys as they
/// are, the prompt's positions behind them.</summary>
public sealed class KeyValuePrefixTests : IDisposable
{
    private static readonly int[] Prompt = [3, 1, 4, 1, 5, 9, 2, 6];

    private readonly CartridgeFolder _cartridge = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _cartridge.Dispose();

    [Theory]
    [InlineData("CARTRIDGE", DecodeEngineKind.Auto)]
    [InlineData("CARTRIDGE", DecodeEngineKind.LibTorch)]
    [InlineData("PREFIX_TUNING", DecodeEngineKind.Auto)]
    public async Task DecodeAsync_BehindAPrefix_GivesThePlainModelsAnswer(string kind, DecodeEngineKind engine)
    {
        using var made = new CartridgeFolder(kind: kind);
        await using var golden = new GoldenModel("b_gqa");
        golden.Loaded.LoadAdapter("prefix", made.Folder, golden.Loaded.Fingerprint);
        await using var decoder = new LlamaAnswerDecoder(
            golden.Loaded, golden.Loaded.Fingerprint, null, decoding: new DecodingOptions { Engine = engine });

        List<DecodeStep> steps = await Read(decoder, Request("prefix"));

        PlainLlama plain = Plain(golden);
        plain.Prefix = made.Cut();
        double[] logits = plain.Logits(plain.Run(plain.Embed(Prompt))[^1]);
        double sum = logits.Sum(logit => Math.Exp(logit - logits.Max()));
        Assert.Equal(plain.Generate(plain.Embed(Prompt), 12), steps.Select(step => step.TokenId));
        Assert.Equal(-Math.Log(sum), steps[0].LogProbability, 2e-5);
    }

    [Fact]
    public async Task DecodeAsync_WithPrefixAndWithout_ShareStepsAndKeepTheirOwnAnswers()
    {
        await using var golden = new GoldenModel("b_gqa");
        golden.Loaded.AddAdapter("prefix", _cartridge.Folder, golden.Loaded.Fingerprint);
        await using LlamaAnswerDecoder decoder = golden.Decoder();
        PlainLlama plain = Plain(golden);
        int[] without = plain.Generate(plain.Embed(Prompt), 12);
        plain.Prefix = _cartridge.Cut();
        int[] with = plain.Generate(plain.Embed(Prompt), 12);

        string?[] adapters = ["prefix", null, "prefix", null];
        List<DecodeStep>[] answers = await Task.WhenAll(adapters.Select(name => Task.Run(() => Read(decoder, Request(name)), Token)));

        Assert.NotEqual(with, without);
        Assert.All([0, 2], place => Assert.Equal(with, answers[place].Select(step => step.TokenId)));
        Assert.All([1, 3], place => Assert.Equal(without, answers[place].Select(step => step.TokenId)));
        Assert.Equal(["adapter", "prefix"], decoder.Adapters);
        Assert.Equal((5, 0, 0), (decoder.CountKeyValues("prefix"), decoder.CountKeyValues("adapter"), decoder.CountKeyValues(null)));
    }

    [Fact]
    public async Task ScoreAsync_BehindAPrefix_IsThePlainModelsLogProbability()
    {
        await using var golden = new GoldenModel("b_gqa");
        golden.Loaded.LoadAdapter("prefix", _cartridge.Folder, golden.Loaded.Fingerprint);
        await using LlamaAnswerDecoder decoder = golden.Decoder();
        PlainLlama plain = Plain(golden);
        plain.Prefix = _cartridge.Cut();
        double[][] normed = plain.Run(plain.Embed([.. Prompt, 7]));
        double expected = 0;
        foreach ((double[] row, int id) in new[] { (normed[^2], 7), (normed[^1], 8) })
        {
            double[] logits = plain.Logits(row);
            expected += logits[id] - Math.Log(logits.Sum(Math.Exp));
        }

        IReadOnlyList<ContinuationScore> scores = await decoder.ScoreAsync(
            new ScoringRequest([], Prompt.AsMemory(0, 7), [new Continuation(Prompt.AsMemory(7), (int[])[7, 8])], "prefix"), Token);

        Assert.Equal(expected, scores[0].LogProbability, 2e-5);
    }

    [Fact]
    public async Task Join_LoadedPrefix_GivesTheTensorOfTheFile()
    {
        await using var golden = new GoldenModel("b_gqa");
        using PeftPrefixFolder opened = PeftPrefixFolder.Open(_cartridge.Folder);
        float[] joined = await golden.Loaded.Worker.RunAsync(() =>
        {
            using PrefixKeyValues keyValues = StoredPrefix.Load(opened, golden.Loaded.Config, ScalarType.Float32, CPU);
            return StoredPrefix.Join(keyValues).data<float>().ToArray();
        }, Token);

        Assert.Equal(_cartridge.Numbers, joined);
    }

    [Theory]
    [InlineData(2, 2, 16, "num_layers")]
    [InlineData(3, 4, 16, "num_attention_heads")]
    [InlineData(3, 2, 32, "token_dim")]
    public async Task LoadAdapter_PrefixOfAnotherModel_IsRefusedByName(int layers, int heads, int head, string key)
    {
        using var other = new CartridgeFolder(layers: layers, heads: heads, head: head);
        await using var golden = new GoldenModel("b_gqa");

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => golden.Loaded.AddAdapter("prefix", other.Folder, golden.Loaded.Fingerprint));

        Assert.Equal((other.Config, key), (error.File, error.Key));
    }

    [Fact]
    public async Task LoadAdapter_PrefixWithInfinity_IsRefused()
    {
        _cartridge.Numbers[7] = float.PositiveInfinity;
        _cartridge.Write(_cartridge.Numbers, [5, 192], ElementType.Float32);
        await using var golden = new GoldenModel("b_gqa");

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => golden.Loaded.LoadAdapter("prefix", _cartridge.Folder, golden.Loaded.Fingerprint));

        Assert.Equal("prompt_embeddings", error.Key);
    }

    [Fact]
    public async Task Prefix_AskedForWhatOnlyALoraCan_IsRefusedByName()
    {
        await using var golden = new GoldenModel("b_gqa");
        golden.Loaded.LoadAdapter("prefix", _cartridge.Folder, golden.Loaded.Fingerprint);
        await using LlamaAnswerDecoder decoder = golden.Decoder();
        DecodeRequest summary = golden.Request(null) with { Adapter = "prefix" };

        Assert.Contains("not a LoRA", Assert.Throws<LlocoException>(() => golden.Loaded.MergeAdapter("prefix")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "in place of summary embeddings", Assert.Throws<LlocoException>(() => decoder.DecodeAsync(summary, Token)).Message,
            StringComparison.Ordinal);
        Assert.Throws<WindowExceededException>(() => decoder.DecodeAsync(
            Request("prefix") with { Options = new GenerationOptions { MaxNewTokens = 4096 - Prompt.Length - 4 } }, Token));
    }

    private static PlainLlama Plain(GoldenModel golden) =>
        new(Goldens.Path("b_gqa", "model"), golden.Loaded.Config);

    private static DecodeRequest Request(string? adapter) =>
        new([], Prompt, adapter, new GenerationOptions { MaxNewTokens = 12 });

    private static async Task<List<DecodeStep>> Read(LlamaAnswerDecoder decoder, DecodeRequest request)
    {
        var steps = new List<DecodeStep>();
        await foreach (DecodeStep step in decoder.DecodeAsync(request, Token))
        {
            steps.Add(step);
        }

        return steps;
    }
}
