using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;

namespace LLoCO.Core.Tests.Compression.Published;

/// <summary>An LCLM of two small Qwen 3, compared with the public code's steps written out in double precision.</summary>
public sealed class LclmCompressorTests : IDisposable
{
    private const string Text = "The captain saw the storm, and the mayor did not.";
    private const string Question = "Who saw it?";
    private const int Window = 16;
    private const int Ratio = 4;

    private readonly TemporaryFolder _files = new();

    public LclmCompressorTests() => PublishedFolders.WriteLclm(Folder);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => _files.PathOf("model");

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task IngestAsync_Vectors_AreTheAdaptedMeansOfTheEncodersStates()
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        await IngestAsync(pipeline);
        SummaryEmbeddings summary = (await pipeline.Index.LoadSummaryAsync("text", Token))!;

        double[][] expected = Compress([.. pipeline.Tokenizer.Encode(Text)]);

        // One token a byte: three full windows, and one token that is a group of its own.
        Assert.Equal([16, 16, 16, 1], summary.Segments.Select(segment => segment.TokenCount));
        Assert.Equal([4, 4, 4, 1], summary.Segments.Select(segment => segment.VectorCount));
        Assert.Equal(32, summary.Width);
        Assert.All(
            expected.SelectMany(row => row).Zip(SummaryPayload.Decode(summary)), pair => Assert.Equal(pair.First, pair.Second, 2e-4));
    }

    [Fact]
    public async Task AskAsync_Answer_IsThatOfTheDecoderBehindTheMarkedVectors()
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        await IngestAsync(pipeline);
        LlocoAnswer answer = await pipeline.AskAsync(
            Question, new AskOptions { Generation = new GenerationOptions { MaxNewTokens = 10 } }, Token);

        PlainLlama plain = Plain("decoder");
        double[][] inputs =
        [
            .. plain.Embed([257, .. Ids("user\n"), 259]), .. Compress(Ids(Text)),
            .. plain.Embed([260, .. Ids(" " + Question), 258, .. Ids("\n"), 257, .. Ids("assistant\n")]),
        ];
        int[] ids = plain.Generate(inputs, 10, out double least);
        int end = Array.FindIndex(ids, id => pipeline.Tokenizer.EndOfSequenceIds.Contains(id));

        // Ids beyond the tokenizer's are never generated; the plain model knows no such limit.
        Assert.All(ids, id => Assert.True(id < pipeline.Tokenizer.VocabularySize));
        Assert.Equal(pipeline.Tokenizer.Decode(end < 0 ? ids : ids[..end]), answer.Text);
        Assert.True(end >= 0 || Math.Abs(least - answer.Confidence.Least) < 1e-4, $"{least} {answer.Confidence.Least}");

        int[] Ids(string text) => [.. pipeline.Tokenizer.Encode(text)];
    }

    [Fact]
    public async Task Tool_InspectCompressAsk_WorkWithTheFolder()
    {
        File.WriteAllText(_files.PathOf("text.txt"), Text);

        ToolRun inspect = await ToolRun.OfAsync("inspect", Folder, "--json");
        ToolRun compress = await ToolRun.OfAsync(
            "compress", _files.PathOf("text.txt"), "--index", _files.PathOf("index.db"), "--model", Folder, "--json");
        ToolRun ask = await ToolRun.OfAsync(
            "ask", Question, "--index", _files.PathOf("index.db"), "--model", Folder, "--max-new-tokens", "4", "--json");

        Assert.True(inspect.Code == 0, inspect.Output + inspect.Error);
        Assert.Contains("LCLM", inspect.Json[0].GetProperty("compressor").GetProperty("kind").GetString(), StringComparison.Ordinal);
        Assert.True(compress.Code == 0, compress.Output + compress.Error);
        Assert.Equal(13, compress.Json[0].GetProperty("summary").GetInt32());
        Assert.True(ask.Code == 0, ask.Error);
        Assert.Equal(13, ask.Json[0].GetProperty("tokens").GetProperty("summary").GetInt32());
    }

    [Theory]
    [InlineData("pooling", "\"concat\"")]
    [InlineData("encoder_mask_type", "\"bidirectional\"")]
    [InlineData("adapter_type", "\"mlp_attn\"")]
    [InlineData("boundary_overlap", "64")]
    [InlineData("encoder_window_size", "18")]
    [InlineData("compression_ratio", "null")]
    [InlineData("key_of_next_year", "true")]
    public void Read_SettingThatIsNotSupported_IsRefusedByName(string key, string value)
    {
        string file = Path.Combine(Folder, "model_config.json");
        JsonObject json = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        json[key] = JsonNode.Parse(value);
        File.WriteAllText(file, json.ToJsonString());

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => LclmFolder.Read(Folder));

        Assert.Equal((file, key), (error.File, error.Key));
    }

    [Fact]
    public async Task BuildAsync_DecoderWithoutMarks_IsRefusedByName()
    {
        File.Copy(Path.Combine(Folder, "encoder", "tokenizer.json"), Path.Combine(Folder, "decoder", "tokenizer.json"), overwrite: true);

        CheckpointFormatException error = await Assert.ThrowsAsync<CheckpointFormatException>(async () => await BuildAsync());

        Assert.Equal("<|memory_start|>", error.Key);
    }

    private async Task<LlocoPipeline> BuildAsync() => await LlocoPipeline.CreateBuilder()
        .UseCheckpoint(Folder).UseStorage(SummaryEncoding.Float32).BuildAsync(Token);

    private static async Task IngestAsync(LlocoPipeline pipeline)
    {
        await foreach (IngestResult result in pipeline.IngestAsync([new SourceDocument("text", Text)], null, Token))
        {
            Assert.Null(result.Failure);
        }
    }

    private PlainLlama Plain(string part)
    {
        string folder = Path.Combine(Folder, part);
        return new PlainLlama(folder, LlamaConfigFile.Read(Path.Combine(folder, "config.json")));
    }

    private double[][] Compress(int[] ids)
    {
        PlainLlama encoder = Plain("encoder");
        using SafetensorsFile adapter = SafetensorsFile.Open(Path.Combine(Folder, "adapter", "adapter.safetensors"));
        double[] Read(string name) => Array.ConvertAll(adapter.ReadFloats(name), number => (double)number);
        (double[] norm, double[] w1, double[] b1, double[] w2, double[] b2) =
            (Read("norm.weight"), Read("fc1.weight"), Read("fc1.bias"), Read("fc2.weight"), Read("fc2.bias"));
        var vectors = new List<double[]>();
        foreach (int[] window in ids.Chunk(Window))
        {
            foreach (double[][] group in encoder.Run(encoder.Embed(window)).Chunk(Ratio))
            {
                double[] mean = [.. Enumerable.Range(0, 16).Select(i => group.Average(row => row[i]))];
                double root = Math.Sqrt(mean.Average(number => number * number) + 1e-6);
                double[] normed = [.. mean.Select((number, i) => number / root * norm[i])];
                vectors.Add(Linear(w2, b2, [.. Linear(w1, b1, normed).Select(x => x / 2 * (1 + Erf(x / Math.Sqrt(2))))]));
            }
        }

        return [.. vectors];
    }

    private static double[] Linear(double[] weight, double[] bias, double[] input) =>
        [.. bias.Select((add, row) => add + input.Select((number, i) => number * weight[(row * input.Length) + i]).Sum())];

    /// <summary>The error function by its series, which is exact to many digits for the small numbers here.</summary>
    private static double Erf(double x)
    {
        double sum = 0;
        double term = x;
        for (int n = 0; n < 200; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
