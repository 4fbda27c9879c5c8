using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;
using LLoCO.Training;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.SelfStudy;

/// <summary>From documents in an index to examples of an adapter, over a model with random weights.</summary>
public sealed class PipelineStudyTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StudyAsync_Group_ReadsItsDocumentsOnly()
    {
        await using LlocoPipeline pipeline = await OpenAsync();
        var teacher = new FirstWordTeacher(pipeline);

        StudyResult ship = await pipeline.StudyAsync(teacher, "ship", cancellationToken: Token);
        StudyResult all = await pipeline.StudyAsync(teacher, cancellationToken: Token);

        Assert.Equal(["log"], ship.Pairs.Select(pair => pair.DocumentId));
        Assert.Equal(["book", "log"], all.Pairs.Select(pair => pair.DocumentId));
        Assert.Contains(
            "'none'",
            (await Assert.ThrowsAsync<LlocoException>(() => pipeline.StudyAsync(teacher, "none", cancellationToken: Token))).Message);
    }

    [Fact]
    public async Task LoadExamplesAsync_Pairs_CarryTheTeachersTokensWhereTheyAreTheAnswers()
    {
        await using LlocoPipeline pipeline = await OpenAsync();
        StudyResult study = await pipeline.StudyAsync(new FirstWordTeacher(pipeline), "ship", cancellationToken: Token);
        StudyPair told = Assert.Single(study.Pairs);
        StudyPair other = told with { Answer = "captain saw" };

        IReadOnlyList<AdapterExample> examples = await pipeline.LoadExamplesAsync([told, other], "ship", Token);

        int end = pipeline.Tokenizer.EndOfSequenceIds[0];
        Assert.Equal<int>([.. pipeline.Tokenizer.Encode("captain"), end], examples[0].Answer.ToArray());
        Assert.Equal<int>([.. pipeline.Tokenizer.Encode("Question: Who saw it? Answer:")], examples[0].Prompt.ToArray());
        Assert.Equal("log", Assert.Single(examples[0].Documents).DocumentId);
        Assert.Equal(examples[0].Answer.Length, examples[0].Teacher!.Count);
        Assert.All(
            examples[0].Teacher!.Zip(examples[0].Answer.ToArray()),
            pair => Assert.Equal<int>([pair.Second, 5], pair.First.Ids.ToArray()));
        Assert.Equal<float>([-0.25f, -2f], examples[0].Teacher![0].LogProbabilities.ToArray());
        Assert.Null(examples[1].Teacher);
    }

    [Fact]
    public async Task TrainAsync_SelfStudyWithDistractors_EndsWithAnAdapterThatLoads()
    {
        await using LlocoPipeline pipeline = await OpenAsync();
        StudyResult study = await pipeline.StudyAsync(new FirstWordTeacher(pipeline), cancellationToken: Token);
        IReadOnlyList<AdapterExample> examples = await pipeline.LoadExamplesAsync(study.Pairs, null, Token);
        AdapterTrainer trainer = pipeline.CreateAdapterTrainer(new AdapterTrainingOptions
        {
            LearningRate = 1e-2, Epochs = 4, BatchSize = 2, Distractors = 1, QuestionsPerPrefix = 4,
        });

        TrainingResult result = await trainer.TrainAsync(
            new AdapterExampleList(examples), _folder.PathOf("adapter"), cancellationToken: Token);
        await pipeline.LoadAdapterAsync("own", _folder.PathOf("adapter"), Token);

        Assert.Equal(4, result.Steps);
        Assert.Contains("own", pipeline.Adapters);
    }

    private async Task<LlocoPipeline> OpenAsync()
    {
        LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder().UseCheckpoint(model.Folder).BuildAsync(Token);
        await foreach (IngestResult result in pipeline.IngestAsync(
            [new SourceDocument("log", "The captain saw the storm.", "ship"), new SourceDocument("book", "The mayor.", "town")],
            null, Token))
        {
            Assert.Null(result.Failure);
        }

        return pipeline;
    }

    /// <summary>Answers with the second word of the text, in the tokenizer's own ids.</summary>
    private sealed class FirstWordTeacher(LlocoPipeline pipeline) : ITeacher
    {
        private const string Question = "Who saw it?";

        public string Fingerprint => "second word";

        public int MaxPromptTokens => 100;

        public Task<IReadOnlyList<TeacherReply>> AskAsync(TeacherRequest request, CancellationToken cancellationToken = default)
        {
            string answer = request.Prompt.Split(' ', '.')[1];
            var tokens = pipeline.Tokenizer.EncodeWithOffsets(answer)
                .Select(token => new ReplyToken(token.Id, Question.Length + 1 + token.Start, -0.25f, [token.Id, 5], [-0.25f, -2f]))
                .ToList();
            int end = pipeline.Tokenizer.EndOfSequenceIds[0];
            tokens.Add(new ReplyToken(end, Question.Length + 1 + answer.Length, -0.25f, [end, 5], [-0.25f, -2f]));
            return Task.FromResult<IReadOnlyList<TeacherReply>>([new TeacherReply($"{Question} {answer}", tokens)]);
        }
    }
}
