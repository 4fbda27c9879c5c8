using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;
using LLoCO.Evaluation;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Training;

/// <summary>What options mean, over a small model with random weights.</summary>
public sealed class AdapterTrainerTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private static readonly AdapterTrainingOptions Options = new()
    {
        LearningRate = 1e-2, Dropout = 0, WarmUp = 0, Epochs = 2, BatchSize = 8,
    };

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_AccumulatedPasses_EqualOneLargePass()
    {
        double[] whole = await LossesAsync(Options with { BatchSize = 6 });
        double[] parts = await LossesAsync(Options with { BatchSize = 2, AccumulationSteps = 3 });

        AssertSame(whole, parts);
    }

    [Fact]
    public async Task TrainAsync_QuestionsBehindOnePrefix_EqualARowEach()
    {
        double[] alone = await LossesAsync(Options with { BatchSize = 100 });
        double[] together = await LossesAsync(Options with { BatchSize = 100, QuestionsPerPrefix = 8 });

        AssertSame(alone, together);
    }

    [Fact]
    public async Task TrainAsync_DocumentsOfDifferentLengths_EqualEachAlone()
    {
        await using LlocoPipeline pipeline = await PipelineAsync();
        IReadOnlyList<AdapterExample> examples = await pipeline.LoadExamplesAsync(Questions(), cancellationToken: Token);
        Assert.True(examples.Select(example => example.Documents.Sum(one => one.Count)).Distinct().Count() >= 3);
        AdapterTrainingOptions still = Options with { LearningRate = 0, Epochs = 1, BatchSize = 100 };
        double together = Assert.Single(await LossesAsync(pipeline, still, examples, "together"));
        double sum = 0;
        foreach ((AdapterExample example, int i) in examples.Select((example, i) => (example, i)))
        {
            sum += example.Answer.Length * Assert.Single(await LossesAsync(pipeline, still, [example], $"alone-{i}"));
        }

        Assert.Equal(sum / examples.Sum(example => example.Answer.Length), together, 1e-5);
    }

    [Fact]
    public async Task TrainAsync_TeacherThatIsSureOfTheAnswer_AddsTheSameLossOnceMore()
    {
        await using LlocoPipeline pipeline = await PipelineAsync();
        IReadOnlyList<AdapterExample> plain = await pipeline.LoadExamplesAsync(Questions(), cancellationToken: Token);
        AdapterExample[] taught = [.. plain.Select(example => example with
        {
            Teacher = [.. example.Answer.ToArray().Select(id => new TeacherToken(new[] { id, 0 }, new[] { 0f, -1000f }))],
        })];
        AdapterTrainingOptions still = Options with
        {
            LearningRate = 0, Epochs = 1, BatchSize = 100, TeacherWeight = 2, AnswerWeightBesideTeacher = 0.25,
        };
        double without = Assert.Single(await LossesAsync(pipeline, still, plain, "plain"));
        double with = Assert.Single(await LossesAsync(pipeline, still, taught, "taught"));

        Assert.Equal(2.25 * without, with, 1e-4);
    }

    [Fact]
    public async Task TrainAsync_ValidationThatGetsWorse_EndsEarlyAndKeepsTheBestWeights()
    {
        await using LlocoPipeline pipeline = await PipelineAsync();
        IReadOnlyList<AdapterExample> learned = await pipeline.LoadExamplesAsync(Questions("storm"), cancellationToken: Token);
        IReadOnlyList<AdapterExample> held = await pipeline.LoadExamplesAsync(Questions("market"), cancellationToken: Token);
        AdapterTrainer trainer = pipeline.CreateAdapterTrainer(
            Options with { Epochs = 60, ValidateEvery = 1, Patience = 3, LearningRate = 3e-2 });
        var losses = new List<double>();

        TrainingResult result = await trainer.TrainAsync(
            new AdapterExampleList(learned), _folder.PathOf("out"), held,
            new ProgressList(step => losses.Add(step.Validation!.Loss)), Token);

        Assert.True(result.StoppedEarly);
        Assert.Equal(result.BestStep + 3, result.Steps);
        Assert.Equal(losses.Min(), result.Validation!.Loss);
        AdapterTrainer again = pipeline.CreateAdapterTrainer(
            Options with { StartFrom = _folder.PathOf("out"), LearningRate = 0, Epochs = 1 });
        TrainingResult kept = await again.TrainAsync(
            new AdapterExampleList(learned), _folder.PathOf("again"), held, null, Token);
        Assert.Equal(losses.Min(), kept.Validation!.Loss, 1e-5);
    }

    [Fact]
    public async Task TrainAsync_FewQuestions_AreLearnedByHeartAndAnswered()
    {
        await using LlocoPipeline pipeline = await PipelineAsync();
        QuestionItem[] questions = [.. Questions().DistinctBy(item => item.Question).DistinctBy(item => item.DocumentId).Take(2)];
        IReadOnlyList<AdapterExample> examples = await pipeline.LoadExamplesAsync(questions, cancellationToken: Token);
        AdapterTrainer trainer = pipeline.CreateAdapterTrainer(Options with { LearningRate = 3e-2, Epochs = 150 });
        trainer.Metric = (answer, accepted) => accepted.Contains(answer) ? 1 : 0;
        trainer.MetricTokens = 12;

        TrainingResult result = await trainer.TrainAsync(
            new AdapterExampleList(examples), _folder.PathOf("out"), examples, null, Token);
        await pipeline.LoadAdapterAsync("mine", _folder.PathOf("out"), Token);

        Assert.Equal((1, 1), (result.Validation!.Exact, result.Validation.Metric));
        foreach (QuestionItem item in questions)
        {
            LlocoAnswer answer = await pipeline.AskAsync(
                item.Question,
                new AskOptions { DocumentIds = [item.DocumentId!], Adapter = "mine", Generation = new() { MaxNewTokens = 12 } },
                Token);
            Assert.Equal(item.Answers[0], answer.Text);
        }
    }

    [Fact]
    public async Task TrainAsync_FolderOfOtherOptions_IsRefused()
    {
        await LossesAsync(Options, "out");

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(() => LossesAsync(Options with { Rank = 4 }, "out"));

        Assert.Contains("other options", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainAsync_ExampleBeyondTheWindow_IsNamedBeforeAnyStep()
    {
        await using LlocoPipeline pipeline = await PipelineAsync();
        AdapterExample example = (await pipeline.LoadExamplesAsync(Questions(), cancellationToken: Token))[0];
        AdapterExample large = example with { Id = "large", RawText = Enumerable.Repeat(5, 200).ToArray() };

        LlocoException error = await Assert.ThrowsAsync<LlocoException>(
            () => LossesAsync(pipeline, Options, [example, large], "out"));

        Assert.Contains("'large'", error.Message, StringComparison.Ordinal);
        Assert.Contains("128", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("out")));
    }

    private static IEnumerable<QuestionItem> Questions(string answer = "the storm")
    {
        string[] texts = ["The captain saw the storm.", "The mayor saw the market.", "The captain saw the mayor."];
        foreach (int length in (int[])[1, 4, 9])
        {
            string text = string.Concat(Enumerable.Range(0, length).Select(i => texts[i % 3] + " "));
            yield return new($"who-{length}", "ship", $"{length}.txt", text, "Who saw the market?", ["The mayor"], []);
            yield return new($"what-{length}", "ship", $"{length}.txt", text, "What did the captain see?", [answer], []);
        }
    }

    private Task<LlocoPipeline> PipelineAsync() =>
        LlocoPipeline.CreateBuilder().UseCheckpoint(model.Folder).BuildAsync(Token);

    private async Task<double[]> LossesAsync(AdapterTrainingOptions options, string? folder = null)
    {
        await using LlocoPipeline pipeline = await PipelineAsync();
        IReadOnlyList<AdapterExample> examples = await pipeline.LoadExamplesAsync(Questions(), cancellationToken: Token);
        return await LossesAsync(pipeline, options, examples, folder ?? Guid.NewGuid().ToString("N"));
    }

    private async Task<double[]> LossesAsync(
        LlocoPipeline pipeline, AdapterTrainingOptions options, IReadOnlyList<AdapterExample> examples, string folder)
    {
        var losses = new List<double>();
        await pipeline.CreateAdapterTrainer(options).TrainAsync(
            new AdapterExampleList(examples), _folder.PathOf(folder), null, new ProgressList(step => losses.Add(step.Loss)),
            Token);
        return [.. losses];
    }

    private static void AssertSame(double[] expected, double[] actual)
    {
        Assert.NotEmpty(expected);
        Assert.NotEqual(expected[0], expected[^1]);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }
}
