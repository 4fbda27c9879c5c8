using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline;

/// <summary>
/// The whole path with the golden model <c>a_mha</c>: what the pipeline stores and answers is compared with what the original
/// computed. The golden's ids travel as letters.
/// </summary>
public sealed class EndToEndTests : IDisposable
{
    private const float SummaryTolerance = 2e-4f; // README of the goldens
    private const string Group = "ship";

    private static readonly LetterTokenizer Letters = new();
    private static readonly JsonNode Golden = JsonNode.Parse(File.ReadAllText(Goldens.Path("a_mha", "goldens.json")))!;
    private static readonly JsonNode Compression =
        Golden["compress"]!.AsArray().Single(one => (string?)one!["name"] == "int_segments")!;

    private readonly TemporaryFolder _folder = new();
    private readonly SafetensorsFile _tensors = SafetensorsFile.Open(Goldens.Path("a_mha", "goldens.safetensors"));

    public EndToEndTests() =>
        ModelFolders.CopyGolden("a_mha", _folder.PathOf("model"), (int)Compression["segment_lengths"]!, Group);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Document => Letters.Decode(Compression["ids_values"]![0]!.AsArray().Select(id => (int)id!));

    public void Dispose()
    {
        _tensors.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Ingest_GoldenContext_StoresTheOriginalsSummaries()
    {
        await using LlocoPipeline pipeline = await BuildAsync("index.db");

        IngestResult result = await IngestAsync(pipeline, Document, null, Token);

        Assert.Null(result.Failure);
        Assert.Equal((23, 15, 3), (result.Tokens, result.SummaryVectors, result.Segments));
        float[] expected = _tensors.ReadFloats("compress.int_segments.softprompt");
        float[] stored = SummaryPayload.Decode((await pipeline.Index.LoadSummaryAsync("a", Token))!);
        Assert.Equal(expected.Length, stored.Length);
        Assert.InRange(expected.Zip(stored, (one, other) => Math.Abs(one - other)).Max(), 0, SummaryTolerance);
    }

    [Theory]
    [InlineData("base", AskOptions.NoAdapter)]
    [InlineData("adapter", null)]
    public async Task Ask_GoldenPrompt_AnswersAsTheOriginal(string scenario, string? adapter)
    {
        await using LlocoPipeline pipeline = await BuildAsync("index.db");
        await IngestAsync(pipeline, Document, null, Token);
        string question = Letters.Decode(Ids($"prompt.with_softprompt.{scenario}.ids"));

        LlocoAnswer answer = await pipeline.AskAsync(question, new AskOptions { Adapter = adapter }, Token);

        Assert.Equal(Ids($"prompt.with_softprompt.{scenario}.greedy_ids"), Letters.Encode(answer.Text));
        Assert.Equal((FinishReason.Length, adapter is null ? Group : null), (answer.Finish, answer.Adapter));
        Assert.Equal(new AnswerTokens(23, 15, 9, 24), answer.Tokens);
    }

    [Fact]
    public async Task Ask_ManyAtOnce_GivesTheAnswersOfOneAfterTheOther()
    {
        await using LlocoPipeline pipeline = await BuildAsync("index.db");
        await IngestAsync(pipeline, Document, null, Token);
        (string Question, string? Adapter)[] requests = [.. Enumerable.Range(0, 12).Select(number =>
            (Letters.Decode([number, 40 + number, 90]), number % 2 == 0 ? AskOptions.NoAdapter : null))];
        var expected = new List<string>();
        foreach ((string question, string? adapter) in requests)
        {
            expected.Add((await pipeline.AskAsync(question, new AskOptions { Adapter = adapter }, Token)).Text);
        }

        LlocoAnswer[] answers = await Task.WhenAll(requests.Select(request => Task.Run(
            () => pipeline.AskAsync(request.Question, new AskOptions { Adapter = request.Adapter }, Token))));

        Assert.Equal(expected, answers.Select(answer => answer.Text));
        Assert.True(expected.Distinct().Count() > 6, "The questions must have different answers for this to prove anything.");
    }

    [Fact]
    public async Task Ingest_InterruptedAndResumedByAnotherProcess_EndsWithTheSameBytes()
    {
        string longer = Document + Document[..20] + Document;
        await using (LlocoPipeline whole = await BuildAsync("whole.db"))
        {
            await IngestAsync(whole, longer, null, Token);
        }

        using (var cancel = new CancellationTokenSource())
        {
            await using LlocoPipeline first = await BuildAsync("resumed.db");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => IngestAsync(first, longer, new CancelAt(3, cancel), cancel.Token));
        }

        IngestResult resumed;
        await using (LlocoPipeline second = await BuildAsync("resumed.db"))
        {
            Assert.Null(await second.Index.FindAsync("a", Token));
            resumed = await IngestAsync(second, longer, null, Token);
        }

        Assert.Equal((IngestOutcome.Added, 9, 6), (resumed.Outcome, resumed.Segments, resumed.SegmentsCompressed));
        Assert.Equal(await PayloadAsync("whole.db"), await PayloadAsync("resumed.db"));
    }

    [Fact]
    public async Task Ingest_GrownDocument_ContinuesAsIfItHadAlwaysBeenLong()
    {
        // 16 letters are two whole segments; stored without rounding, going on is exact.
        await using (LlocoPipeline whole = await BuildAsync("whole.db"))
        {
            await IngestAsync(whole, Document, null, Token);
        }

        IngestResult grown;
        await using (LlocoPipeline pipeline = await BuildAsync("grown.db"))
        {
            await IngestAsync(pipeline, Document[..16], null, Token);
            grown = await IngestAsync(pipeline, Document, null, Token);
        }

        Assert.Equal((IngestOutcome.Appended, 1), (grown.Outcome, grown.SegmentsCompressed));
        Assert.Equal(await PayloadAsync("whole.db"), await PayloadAsync("grown.db"));
    }

    private Task<LlocoPipeline> BuildAsync(string index) => LlocoPipeline.CreateBuilder()
        .UseModel(new ModelPackage(_folder.PathOf("model")))
        .UseTokenizer(Letters)
        .UseIndex(_folder.PathOf(index))
        .UseStorage(SummaryEncoding.Float32)
        .UsePrompt("{question}")
        .UseGeneration(new GenerationOptions { MaxNewTokens = 24 })
        .BuildAsync(Token);

    private static async Task<IngestResult> IngestAsync(
        LlocoPipeline pipeline, string text, IProgress<IngestProgress>? progress, CancellationToken cancellationToken) =>
        await pipeline.IngestAsync([new SourceDocument("a", text, Group)], progress, cancellationToken)
            .SingleAsync(cancellationToken);

    private async Task<byte[]> PayloadAsync(string index)
    {
        await using LlocoPipeline pipeline = await BuildAsync(index);
        return (await pipeline.Index.LoadSummaryAsync("a", Token))!.Payload.ToArray();
    }

    private int[] Ids(string name) => [.. _tensors.ReadInt64s(name).Select(id => (int)id)];

    private sealed class CancelAt(int segment, CancellationTokenSource cancel) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value)
        {
            if (value.SegmentsDone == segment)
            {
                cancel.Cancel();
            }
        }
    }
}
