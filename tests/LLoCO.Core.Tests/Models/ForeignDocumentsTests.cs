using LLoCO.Core.Decoding;
using LLoCO.Core.Trust;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Synth;
using LLoCO.Models.Tiny;
using Xunit;

namespace LLoCO.Core.Tests.Models;

/// <summary>The embedded model on documents of other kinds and of its own. <c>training/grounding.sh</c> measures more of
/// each.</summary>
public sealed class ForeignDocumentsTests
{
    private const string Folder = "training/foreign/report";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>No group of the model's, one of an adapter, one of an adapter that was not measured.</summary>
    [Theory]
    [InlineData("default")]
    [InlineData("ship")]
    [InlineData("all")]
    [InlineData("fairytale")]
    public async Task Ask_ForeignDocument_WarnsAtIngestAndWithEveryAnswerAndIsNeverSure(string group)
    {
        await using LlocoPipeline pipeline = await PipelineAsync();
        QuestionItem[] items = [.. QuestionFile.Read(Path.Combine(RepositoryFiles.Root, Folder, "questions.jsonl"))
            .GroupBy(item => item.DocumentId).Select(questions => questions.First())];
        Assert.Equal(5, items.Length);

        foreach (QuestionItem item in items)
        {
            IngestResult ingested = await IngestAsync(pipeline, new SourceDocument(item.DocumentId!, item.Document!, group));
            LlocoAnswer answer = await pipeline.AskAsync(item.Question, new AskOptions { DocumentIds = [item.DocumentId!] }, Token);

            Assert.Contains(ingested.Doubts, doubt => doubt.Reason is DoubtReason.OtherText or DoubtReason.OtherAdapter);
            Assert.NotNull(answer.Warning);
            Assert.Null(answer.Grounding.Probability);
            Assert.Null(answer.Confidence.Calibrated);
        }
    }

    [Fact]
    public async Task Ask_OwnDocuments_WarnsOfNoRightAnswerAndSaysHowSure()
    {
        await using LlocoPipeline pipeline = await PipelineAsync();
        var metric = new ExactMatchMetric();
        int right = 0;
        int warned = 0;
        foreach (string group in SynthGenerator.Groups)
        {
            SynthDocument document = new SynthGenerator(seed: 64_002).Write(group, number: 0, tokens: 700);
            IngestResult ingested = await IngestAsync(pipeline, new SourceDocument(document.Id, document.Text, group));
            Assert.Null(ingested.Warning);
            foreach (SynthFact fact in document.Facts)
            {
                LlocoAnswer answer = await pipeline.AskAsync(
                    fact.Question, new AskOptions { DocumentIds = [document.Id] }, Token);
                if (metric.Score(answer.Text, [fact.Value]) > 0)
                {
                    right++;
                    warned += answer.Warning is null ? 0 : 1;
                    Assert.Equal(answer.Confidence.Calibrated, answer.Grounding.Probability);
                    Assert.NotNull(answer.Warning ?? answer.Grounding.Probability?.ToString("F2"));
                }
            }
        }

        Assert.True(right >= 10, $"{right} right");
        Assert.True(warned <= right / 20, $"{warned} of {right} right answers came with a warning");
    }

    [Fact]
    public async Task Ask_DocumentInAnotherKindsGroup_Warns()
    {
        await using LlocoPipeline pipeline = await PipelineAsync();
        SynthDocument document = new SynthGenerator(seed: 64_003).Write("town", number: 0, tokens: 700);

        IngestResult ingested = await IngestAsync(pipeline, new SourceDocument("wrong", document.Text, "ship"));
        await IngestAsync(pipeline, new SourceDocument("right", document.Text, "town"));
        string question = document.Facts[0].Question;
        LlocoAnswer own = await pipeline.AskAsync(question, new AskOptions { DocumentIds = ["right"] }, Token);
        LlocoAnswer other = await pipeline.AskAsync(
            question, new AskOptions { DocumentIds = ["right"], Adapter = "ship" }, Token);

        Assert.Equal(DoubtReason.OtherText, Assert.Single(ingested.Doubts).Reason);
        Assert.Contains("'ship'", ingested.Warning, StringComparison.Ordinal);
        Assert.DoesNotContain(own.Grounding.Doubts, doubt => doubt.Reason == DoubtReason.OtherText);
        Assert.Contains(other.Grounding.Doubts, doubt => doubt.Reason == DoubtReason.OtherText);
    }

    [Fact]
    public async Task Ingest_FidelityOfAForeignDocument_MeasuresWithProbesOrSaysThatThereAreNone()
    {
        await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder().UseTinyModel()
            .UseFidelity(new FidelityOptions()).BuildAsync(Token);
        string text = RepositoryFiles.Read($"{Folder}/story.txt");

        IngestResult ingested = await IngestAsync(pipeline, new SourceDocument("story", text, "ship"));
        LlocoAnswer answer = await pipeline.AskAsync("Who was lying in the bath?", new AskOptions { Expand = ExpandOptions.Auto }, Token);

        bool none = ingested.Fidelity!.Probes == 0;
        Assert.Equal(none, ingested.Fidelity.IsMarked);
        Assert.Equal(none, ingested.Doubts.Any(doubt => doubt.Reason == DoubtReason.LowFidelity));
        Assert.Equal(none, answer.Grounding.Doubts.Any(doubt => doubt.Reason == DoubtReason.LowFidelity));
        Assert.NotNull(answer.Warning);
    }

    private static Task<LlocoPipeline> PipelineAsync() => LlocoPipeline.CreateBuilder().UseTinyModel()
        .UseGeneration(new GenerationOptions { MaxNewTokens = 8 }).BuildAsync(Token);

    private static async Task<IngestResult> IngestAsync(LlocoPipeline pipeline, SourceDocument document)
    {
        await foreach (IngestResult result in pipeline.IngestAsync([document], null, Token))
        {
            return result.EnsureSuccess();
        }

        throw new InvalidOperationException("no result");
    }
}
