using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Asking;

/// <summary>Offline work that another process finds: two pipelines over one index and one folder of keys and values. Answers are
/// compared with what the original computed for the golden model <c>a_mha</c>.</summary>
public sealed class PipelinePrepareTests : IDisposable
{
    private const string Group = "ship";

    private static readonly LetterTokenizer Letters = new();
    private static readonly JsonNode Golden = JsonNode.Parse(File.ReadAllText(Goldens.Path("a_mha", "goldens.json")))!;
    private static readonly JsonNode Compression =
        Golden["compress"]!.AsArray().Single(one => (string?)one!["name"] == "int_segments")!;

    private readonly TemporaryFolder _folder = new();
    private readonly SafetensorsFile _tensors = SafetensorsFile.Open(Goldens.Path("a_mha", "goldens.safetensors"));

    public PipelinePrepareTests() => MakeModel("model");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Document => Letters.Decode(Compression["ids_values"]![0]!.AsArray().Select(id => (int)id!));

    public void Dispose()
    {
        _tensors.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("adapter", null)]
    [InlineData("base", AskOptions.NoAdapter)]
    public async Task Prepare_SamePipelineAgainInAnotherProcess_AnswersFromTheFolderAlone(string scenario, string? adapter)
    {
        await using (LlocoPipeline offline = await BuildAsync())
        {
            await IngestAsync(offline, Document);
            PrepareResult made = Assert.Single(await PrepareAsync(offline, null, adapter));
            Assert.Equal(
                ("a", adapter is null ? Group : null, PrepareOutcome.Computed, 15),
                (made.DocumentId, made.Adapter, made.Outcome, made.SummaryVectors));
            Assert.True(made.Elapsed > TimeSpan.Zero);
            Assert.Equal(PrepareOutcome.Known, Assert.Single(await PrepareAsync(offline, ["a"], adapter)).Outcome);
        }

        await using LlocoPipeline online = await BuildAsync();
        LlocoAnswer answer = await AskAsync(online, scenario, adapter);

        Assert.Equal(Ids(scenario, "greedy_ids"), Letters.Encode(answer.Text));
        PrefixCache prefixes = Prefixes(online);
        Assert.Equal((1, 0), (prefixes.Folder!.Reads, prefixes.Computed));
    }

    [Fact]
    public async Task Prepare_ForAnotherAdapterOrModel_IsNotUsed()
    {
        await using (LlocoPipeline offline = await BuildAsync())
        {
            await IngestAsync(offline, Document);
            await PrepareAsync(offline, null, AskOptions.NoAdapter);
        }

        await using (LlocoPipeline online = await BuildAsync())
        {
            LlocoAnswer answer = await AskAsync(online, "adapter", adapter: null);
            Assert.Equal(Ids("adapter", "greedy_ids"), Letters.Encode(answer.Text));
            Assert.Equal((0, 1), (Prefixes(online).Folder!.Reads, Prefixes(online).Computed));
        }

        // The same shape and vectors, but one weight more or less: another fingerprint.
        MakeModel("other");
        byte[] weights = File.ReadAllBytes(_folder.PathOf("other/model.safetensors"));
        weights[^2] ^= 1;
        File.WriteAllBytes(_folder.PathOf("other/model.safetensors"), weights);
        await using LlocoPipeline foreign = await BuildAsync("other", "other.db");
        await IngestAsync(foreign, Document);
        await AskAsync(foreign, "base", AskOptions.NoAdapter);
        Assert.Equal((0, 1), (Prefixes(foreign).Folder!.Reads, Prefixes(foreign).Computed));
    }

    [Fact]
    public async Task Prepare_DamagedFile_IsComputedAndWrittenAgain()
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        await IngestAsync(pipeline, Document);
        await PrepareAsync(pipeline);
        string file = Assert.Single(Directory.GetFiles(_folder.PathOf("prefixes")));
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..^4]);

        // The keys and values are still in memory: only the file is made good.
        Assert.Equal(PrepareOutcome.Known, Assert.Single(await PrepareAsync(pipeline)).Outcome);

        Assert.Equal(whole, File.ReadAllBytes(file));
        Assert.Equal(1, Prefixes(pipeline).Computed);
    }

    [Fact]
    public async Task Prepare_NoFolder_KeepsInMemory()
    {
        await using LlocoPipeline pipeline = await BuildAsync(prefixes: new PrefixCacheOptions());
        await IngestAsync(pipeline, Document);

        Assert.Equal(PrepareOutcome.Computed, Assert.Single(await PrepareAsync(pipeline)).Outcome);
        LlocoAnswer answer = await AskAsync(pipeline, "adapter", adapter: null);

        Assert.Equal(Ids("adapter", "greedy_ids"), Letters.Encode(answer.Text));
        Assert.Equal((1, 1), (Prefixes(pipeline).Hits, Prefixes(pipeline).Computed));
    }

    [Fact]
    public async Task Prepare_NowhereToKeep_FailsAndSaysWhat()
    {
        await using LlocoPipeline memory = await BuildAsync(prefixes: new PrefixCacheOptions { MaxBytes = 100 });
        await IngestAsync(memory, Document);
        PrepareResult small = Assert.Single(await PrepareAsync(memory));
        Assert.Equal(PrepareOutcome.Failed, small.Outcome);
        Assert.Contains("name a folder", small.Failure!.Message, StringComparison.Ordinal);

        string file = _folder.PathOf("file");
        await File.WriteAllTextAsync(file, "not a folder", Token);
        await Assert.ThrowsAnyAsync<IOException>(() => BuildAsync(prefixes: new PrefixCacheOptions { Folder = file }));
    }

    [Fact]
    public async Task Prepare_MoreThanTheFolderMayHold_KeepsTheFirstAndSaysSo()
    {
        await using LlocoPipeline pipeline = await BuildAsync(prefixes: new PrefixCacheOptions
        {
            Folder = _folder.PathOf("prefixes"),
            MaxFolderBytes = 40_000,
        });
        await IngestAsync(pipeline, Document);
        await pipeline.IngestAsync([new SourceDocument("b", Document[..20], Group)], null, Token).SingleAsync(Token);

        IReadOnlyList<PrepareResult> results = await PrepareAsync(pipeline, ["a", "b", "missing"]);

        Assert.Equal([PrepareOutcome.Computed, PrepareOutcome.Failed, PrepareOutcome.Failed], results.Select(one => one.Outcome));
        Assert.Contains("MaxFolderBytes", results[1].Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("'missing'", results[2].Failure!.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder.PathOf("prefixes")));
        Assert.Equal(PrepareOutcome.Known, Assert.Single(await PrepareAsync(pipeline, ["a"])).Outcome);
    }

    [Fact]
    public async Task Prepare_UnknownAdapterOrDecoderThatCannot_IsRefusedAtOnce()
    {
        await using LlocoPipeline pipeline = await BuildAsync();
        LlocoException unknown = Assert.Throws<LlocoException>(() => pipeline.PrepareAsync(null, "moon", Token));
        Assert.Contains("'moon'", unknown.Message, StringComparison.Ordinal);

        await using FakePipeline fake = await FakePipeline.CreateAsync();
        LlocoException cannot = Assert.Throws<LlocoException>(() => fake.Pipeline.PrepareAsync(null, null, Token));
        Assert.Contains(nameof(IPrefixPreparer), cannot.Message, StringComparison.Ordinal);
    }

    private static PrefixCache Prefixes(LlocoPipeline pipeline) => ((LlamaAnswerDecoder)pipeline.Decoder).Prefixes;

    private int[] Ids(string scenario, string name) =>
        [.. _tensors.ReadInt64s($"prompt.with_softprompt.{scenario}.{name}").Select(id => (int)id)];

    private static async Task<IReadOnlyList<PrepareResult>> PrepareAsync(
        LlocoPipeline pipeline, IEnumerable<string>? ids = null, string? adapter = null) =>
        await pipeline.PrepareAsync(ids, adapter, Token).ToArrayAsync(Token);

    private static async Task IngestAsync(LlocoPipeline pipeline, string text) =>
        Assert.Null((await pipeline.IngestAsync([new SourceDocument("a", text, Group)], null, Token).SingleAsync(Token)).Failure);

    private Task<LlocoAnswer> AskAsync(LlocoPipeline pipeline, string scenario, string? adapter) =>
        pipeline.AskAsync(Letters.Decode(Ids(scenario, "ids")), new AskOptions { Adapter = adapter }, Token);

    private void MakeModel(string name) =>
        ModelFolders.CopyGolden("a_mha", _folder.PathOf(name), (int)Compression["segment_lengths"]!, Group);

    private Task<LlocoPipeline> BuildAsync(
        string model = "model", string index = "index.db", PrefixCacheOptions? prefixes = null) => LlocoPipeline.CreateBuilder()
        .UseModel(new ModelPackage(_folder.PathOf(model)))
        .UseTokenizer(Letters)
        .UseIndex(_folder.PathOf(index))
        .UseStorage(SummaryEncoding.Float32)
        .UsePrompt("{question}")
        .UsePrefixCache(prefixes ?? new PrefixCacheOptions { Folder = _folder.PathOf("prefixes") })
        .UseGeneration(new GenerationOptions { MaxNewTokens = 24 })
        .BuildAsync(Token);
}
