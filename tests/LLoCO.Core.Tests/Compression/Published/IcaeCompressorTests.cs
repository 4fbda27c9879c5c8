using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;

namespace LLoCO.Core.Tests.Compression.Published;

/// <summary>ICAE v2 on a small Mistral, compared with the public code's steps written out in double precision.</summary>
public sealed class IcaeCompressorTests : IDisposable
{
    private const string Question = "What did the captain see?";

    private readonly TemporaryFolder _files = new();

    public IcaeCompressorTests() => PublishedFolders.WriteIcae(Folder);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Folder => _files.PathOf("model");

    private static string Text => string.Concat(Enumerable.Repeat("The captain saw the storm. The mayor saw the market. ", 8));

    public void Dispose() => _files.Dispose();

    /// <summary>Segments of equal length with the BOS token in the first, LoRA on, final norm at the slots.</summary>
    [Fact]
    public async Task IngestAsync_Vectors_AreThoseOfThePublicCodesSteps()
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        await IngestAsync(pipeline);
        SummaryEmbeddings summary = (await pipeline.Index.LoadSummaryAsync("text", Token))!;

        double[][] expected = Compress([.. pipeline.Tokenizer.Encode(Text)], out int[] lengths);

        Assert.True(lengths.Length >= 3);
        Assert.Equal(lengths, summary.Segments.Select(segment => segment.TokenCount));
        Assert.All(summary.Segments, segment => Assert.Equal(PublishedFolders.Slots, segment.VectorCount));
        float[] vectors = SummaryPayload.Decode(summary);
        Assert.Equal(expected.Length * 32, vectors.Length);
        Assert.All(expected.SelectMany(row => row).Zip(vectors), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.Equal((32, PublishedFolders.Slots), (pipeline.Fingerprint.SegmentLength, pipeline.Fingerprint.SummaryLength));
    }

    /// <summary>[BOS "[INST]" | slots | ft | question | "[/INST]"], LoRA off.</summary>
    [Fact]
    public async Task AskAsync_Answer_IsThatOfTheBaseModelBehindTheFramedSlots()
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        await IngestAsync(pipeline);
        LlocoAnswer answer = await pipeline.AskAsync(
            Question, new AskOptions { Generation = new GenerationOptions { MaxNewTokens = 10 } }, Token);

        PlainLlama plain = Plain();
        double[][] slots = Compress([.. pipeline.Tokenizer.Encode(Text)], out _);
        double[][] inputs =
        [
            .. plain.Embed([1, .. pipeline.Tokenizer.Encode("[INST]")]), .. slots, Memory()[PublishedFolders.Slots + 2],
            .. plain.Embed([.. pipeline.Tokenizer.Encode(Question), .. pipeline.Tokenizer.Encode("[/INST]")]),
        ];
        int[] ids = plain.Generate(inputs, 10, out double least);
        int end = Array.FindIndex(ids, id => pipeline.Tokenizer.EndOfSequenceIds.Contains(id));

        Assert.Equal(pipeline.Tokenizer.Decode(end < 0 ? ids : ids[..end]), answer.Text);
        Assert.True(end >= 0 || Math.Abs(least - answer.Confidence.Least) < 1e-4, $"{least} {answer.Confidence.Least}");
        Assert.Equal(slots.Length, answer.Tokens.Summary);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(97)]
    [InlineData(1000)]
    public async Task Cut_Lengths_AreThePublicCodesWithTheFirstTokenCounted(int tokens)
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        int total = tokens + 1;
        int count = (int)Math.Ceiling(total / 32.0);
        int length = (int)Math.Ceiling(total / (double)count);
        int[] expected = [.. Enumerable.Range(0, count).Select(i => Math.Min((i + 1) * length, total) - (i * length))];
        expected[0]--;

        Assert.Equal(expected, pipeline.Layers.Compressor.Cut(new int[tokens]));
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
        ToolRun vllm = await ToolRun.OfAsync(
            "export", "text.txt", "--vllm", "--index", _files.PathOf("index.db"), "--model", Folder, "--out", _files.PathOf("vllm"));

        Assert.True(inspect.Code == 0, inspect.Output + inspect.Error);
        Assert.Contains("ICAE v2: LoRA of rank 4", inspect.Json[0].GetProperty("compressor").GetProperty("kind").GetString(), StringComparison.Ordinal);
        Assert.True(compress.Code == 0, compress.Output + compress.Error);
        Assert.True(ask.Code == 0, ask.Error);
        Assert.Equal(
            compress.Json[0].GetProperty("summary").GetInt32(), ask.Json[0].GetProperty("tokens").GetProperty("summary").GetInt32());
        Assert.Equal(1, vllm.Code);
        Assert.Contains("for AutoCompressors only", vllm.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("memory_token_embed.weight", "slots.weight")]
    [InlineData("icae.base_model.model.model.layers.1.self_attn.v_proj.lora_B.default.weight", "icae.norm.weight")]
    [InlineData("icae.base_model.model.model.layers.1.self_attn.v_proj.lora_B.default.weight", "decoder.model.norm.weight")]
    public void Open_FileOfAnotherForm_IsRefusedByName(string from, string to)
    {
        string file = PublishedFolders.IcaeFile(Folder);
        byte[] bytes = File.ReadAllBytes(file);
        string header = System.Text.Encoding.UTF8.GetString(bytes, 8, (int)BitConverter.ToInt64(bytes));
        JsonObject json = JsonNode.Parse(header)!.AsObject();
        JsonNode entry = json[from]!;
        json.Remove(from);
        json.Add(to, entry.DeepClone());
        byte[] changed = System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
        File.WriteAllBytes(file, [.. BitConverter.GetBytes((long)changed.Length), .. changed, .. bytes.AsSpan(8 + header.Length)]);

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => IcaeFile.Open(file));

        Assert.Equal(from == IcaeFile.MemoryName ? from : to, error.Key);
    }

    [Fact]
    public async Task BuildAsync_ChatTemplateBesideItsOwnMarks_IsRefused()
    {
        LlocoException error = await Assert.ThrowsAnyAsync<LlocoException>(
            async () => await LlocoPipeline.CreateBuilder().UseCheckpoint(Folder).UseChatTemplate("chat").BuildAsync(Token));

        Assert.Contains("chat template 'chat' cannot be used", error.Message, StringComparison.Ordinal);
        await using LlocoPipeline pipeline =
            await LlocoPipeline.CreateBuilder().UseCheckpoint(Folder).UseChatTemplate("none").BuildAsync(Token);
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

    private PlainLlama Plain() => new(Folder, LlamaConfigFile.Read(Path.Combine(Folder, "config.json")));

    private double[][] Memory()
    {
        using SafetensorsFile file = SafetensorsFile.Open(PublishedFolders.IcaeFile(Folder));
        return [.. file.ReadFloats("memory_token_embed.weight").Chunk(32).Select(row => Array.ConvertAll(row, number => (double)number))];
    }

    private double[][] Compress(int[] tokens, out int[] lengths)
    {
        PlainLlama plain = Plain();
        plain.Lora = Lora();
        int[] ids = [1, .. tokens];
        int count = (int)Math.Ceiling(ids.Length / 32.0);
        int length = (int)Math.Ceiling(ids.Length / (double)count);
        int[][] segments = [.. ids.Chunk(length)];
        lengths = [.. segments.Select((segment, place) => segment.Length - (place == 0 ? 1 : 0))];
        return [.. segments.SelectMany(segment =>
            plain.Run([.. plain.Embed(segment), .. Memory()[..PublishedFolders.Slots]])[^PublishedFolders.Slots..])];
    }

    private Dictionary<string, (double[] Down, double[] Up, double Scale)> Lora()
    {
        using SafetensorsFile file = SafetensorsFile.Open(PublishedFolders.IcaeFile(Folder));
        double[] Read(string name) => Array.ConvertAll(file.ReadFloats(name), number => (double)number);
        return file.Tensors.Keys.Where(name => name.EndsWith("lora_A.default.weight", StringComparison.Ordinal)).ToDictionary(
            name => name["icae.base_model.model.".Length..^".lora_A.default.weight".Length],
            name => (Read(name), Read(name.Replace("lora_A", "lora_B", StringComparison.Ordinal)), 32.0 / PublishedFolders.Rank));
    }
}
