using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Evaluation;
using LLoCO.Training;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The adapters of one <c>lloco finetune</c>.</summary>
internal sealed class FinetuneRun(
    ParseResult parsed, FinetuneArguments options, LlocoPipeline pipeline, AdapterTrainingOptions training, ToolConsole console)
{
    /// <summary>Trains an adapter on labelled questions.</summary>
    public async Task LabelledAsync(FinetuneQuestions questions, string folder, CancellationToken cancellationToken)
    {
        bool raw = parsed.GetValue(options.Raw);
        IReadOnlyList<AdapterExample> learned = await LoadAsync(questions.Learned, null, raw, cancellationToken).ConfigureAwait(false);
        AnswerRepresentation words = await pipeline
            .MeasureRepresentationAsync(questions.Learned, learned, cancellationToken).ConfigureAwait(false);
        console.Error.WriteLine(Describe(words));
        IReadOnlyList<AdapterExample> held = await LoadAsync(questions.HeldOut, null, raw, cancellationToken).ConfigureAwait(false);
        await TrainAsync(questions.Group ?? NameOf(folder), folder, learned, held, (questions, words), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Trains an adapter on a teacher's questions and answers about the documents of the index.</summary>
    public async Task SelfStudyAsync(string? group, string folder, CancellationToken cancellationToken)
    {
        Func<string, bool> isHeldOut = FinetuneQuestions.HeldOutBy(parsed.GetValue(options.HoldOut), training.Seed);
        string? validation = parsed.GetValue(options.Validation);
        IReadOnlyList<StudyPair> pairs =
            await options.Study.StudyAsync(parsed, pipeline, group, console, cancellationToken).ConfigureAwait(false);
        ILookup<bool, StudyPair> parts =
            pairs.ToLookup(pair => validation is null && isHeldOut($"{pair.DocumentId}\n{pair.Question}"));
        IReadOnlyList<AdapterExample> learned =
            await pipeline.LoadExamplesAsync([.. parts[false]], group, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AdapterExample> held = validation is null
            ? await pipeline.LoadExamplesAsync([.. parts[true]], group, cancellationToken).ConfigureAwait(false)
            : await LoadAsync(FinetuneQuestions.From(validation, group), group, raw: false, cancellationToken).ConfigureAwait(false);
        await TrainAsync(NameOf(folder), folder, learned, held, null, cancellationToken).ConfigureAwait(false);
    }

    private static string Describe(AnswerRepresentation words) => string.Create(
        CultureInfo.InvariantCulture,
        $"tokens per word: {words.PiecesPerWord:F1} in the documents, {words.AnswerPiecesPerWord:F1} in the answers")
        + (words.Asked > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"; before training the model finds {words.FoundReading} of {words.Asked} answers with their document in front, "
                + $"{words.FoundAlone} without")
            : string.Empty)
        + (words.FindsNothing ? ": it knows no such words, or no such questions" : string.Empty);

    private async Task<IReadOnlyList<AdapterExample>> LoadAsync(
        IReadOnlyList<QuestionItem> questions, string? adapter, bool raw, CancellationToken cancellationToken)
    {
        if (!raw)
        {
            await QuestionDocuments.SayChangedAsync(pipeline.Index, questions, console, cancellationToken).ConfigureAwait(false);
        }

        return await pipeline.LoadExamplesAsync(questions, adapter, raw, cancellationToken).ConfigureAwait(false);
    }

    private static string NameOf(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private async Task TrainAsync(
        string name, string folder, IReadOnlyList<AdapterExample> learned, IReadOnlyList<AdapterExample> held,
        (FinetuneQuestions Questions, AnswerRepresentation Words)? labelled, CancellationToken cancellationToken)
    {
        AdapterTrainer trainer = pipeline.CreateAdapterTrainer(training);
        if (parsed.GetValue(options.Metric) is { } metric)
        {
            trainer.Metric = AnswerMetrics.ByName(metric).Score;
            trainer.MetricQuestions = parsed.GetValue(options.MetricQuestions);
        }

        try
        {
            TrainingResult result = await trainer.TrainAsync(
                new AdapterExampleList(learned), folder, held, new TrainingDisplay(console.Error, name), cancellationToken)
                .ConfigureAwait(false);
            FinetuneCheck? check = labelled is { } known
                ? await FinetuneCheck.RunAsync(
                    pipeline, result.Folder, known.Questions, parsed.GetValue(options.Raw), parsed.GetValue(options.Check), result.Elapsed,
                    cancellationToken).ConfigureAwait(false)
                : null;
            TrainingReport.Write(console, name, learned.Count, held.Count, result, check);
            if (check?.Fault(labelled?.Words) is { } fault)
            {
                console.Error.WriteLine(fault);
            }
        }
        catch (OperationCanceledException)
        {
            LossChart.Draw(folder);
            throw;
        }
    }
}
