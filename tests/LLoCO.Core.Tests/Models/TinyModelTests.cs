using LLoCO.Core.Index;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Synth;
using LLoCO.Models.Tiny;

namespace LLoCO.Core.Tests.Models;

/// <summary>The embedded model on documents that it was never trained on.</summary>
public sealed class TinyModelTests
{
    private const int Questions = 40;

    public static TheoryData<string> Groups => [.. SynthGenerator.Groups];

    [Fact]
    public async Task Package_Shape_KeepsItsPromises()
    {
        await using LlocoPipeline pipeline = await PipelineAsync();

        Assert.True(pipeline.NativeWindow >= 1024, $"native window {pipeline.NativeWindow}");
        Assert.True(
            pipeline.Fingerprint.SegmentLength >= 24 * pipeline.Fingerprint.SummaryLength,
            $"{pipeline.Fingerprint.SegmentLength} tokens to {pipeline.Fingerprint.SummaryLength} summary embeddings");
        Assert.Superset(
            SynthGenerator.Groups.Concat(["babi", "fairytale", "all", "raw", "teacher"]).ToHashSet(), pipeline.Adapters.ToHashSet());
    }

    [Fact]
    public void Packages_Size_StaysBelowTheLimitOfTheRepository()
    {
        long bytes = new[] { TinyModel.Package, TinyModel.OpenPackage }.Sum(package => new DirectoryInfo(package.Folder)
            .EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length));

        Assert.InRange(bytes, 1, 60_000_000);
    }

    [Theory]
    [InlineData("tiny")]
    [InlineData("tiny-open")]
    public void Package_Folder_IsNamedByTheHashesOfWhatItHolds(string name)
    {
        ModelPackage package = new[] { TinyModel.Package, TinyModel.OpenPackage }.Single(one => one.Name == name);
        string folder = package.Folder;
        Dictionary<string, Func<Stream>> files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(folder, file).Replace('\\', '/'), file => (Func<Stream>)(() => File.OpenRead(file)));
        DirectoryInfo root = Directory.CreateTempSubdirectory("lloco-tiny-");
        try
        {
            Assert.Equal(Path.GetFileName(folder), Path.GetFileName(EmbeddedFolder.Unpack(files, name, [root.FullName])));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task AskAsync_DocumentOfEightWindows_AnswersFarBetterThanTruncatedText(string group)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using LlocoPipeline pipeline = await PipelineAsync();
        int tokens = (8 * pipeline.NativeWindow) + 100;
        SynthDocument document = new SynthGenerator(seed: 2718).Write(group, number: 0, tokens);
        var source = new SourceDocument(document.Id, document.Text, group);
        IngestResult ingested = await FirstAsync(pipeline.IngestAsync([source], null, cancel));
        Assert.Null(ingested.Failure);
        Assert.True(ingested.Tokens >= 8 * pipeline.NativeWindow, $"{ingested.Tokens} tokens");

        int right = 0;
        int truncated = 0;
        var metric = new ExactMatchMetric();
        var options = new AskOptions { Context = ContextMode.Truncated, DocumentIds = [document.Id], Adapter = group };
        for (int i = 0; i < Questions; i++)
        {
            SynthFact fact = document.Facts[i * document.Facts.Count / Questions];
            right += (int)metric.Score((await pipeline.AskAsync(fact.Question, null, cancel)).Text, [fact.Value]);
            truncated += (int)metric.Score((await pipeline.AskAsync(fact.Question, options, cancel)).Text, [fact.Value]);
        }

        // The model card has the measured figures; these are the bars below which the model must not be shipped.
        Assert.True(right >= 0.7 * Questions, $"{right} of {Questions} right");
        Assert.True(right >= 2 * truncated, $"{right} right from the summary, {truncated} from truncated text");
    }

    private static Task<LlocoPipeline> PipelineAsync() =>
        LlocoPipeline.CreateBuilder().UseTinyModel().UseIndex(new InMemoryRetrievalIndex())
            .BuildAsync(TestContext.Current.CancellationToken);

    private static async Task<IngestResult> FirstAsync(IAsyncEnumerable<IngestResult> results)
    {
        await foreach (IngestResult result in results)
        {
            return result;
        }

        throw new InvalidOperationException("No document was ingested.");
    }
}
