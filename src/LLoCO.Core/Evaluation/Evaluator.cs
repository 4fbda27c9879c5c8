using System.Runtime.CompilerServices;
using LLoCO.Core.Decoding;

namespace LLoCO.Core.Evaluation;

/// <summary>Asks a pipeline the questions of a data set, each about its own document, and scores the answers.</summary>
/// <remarks>Documents are compressed once into the pipeline's index; an index that holds them already is used as it is.</remarks>
/// <param name="pipeline">The pipeline; stays the caller's.</param>
/// <param name="mode">What stands in front of a question.</param>
/// <param name="adapter">Name of an adapter, or <see langword="null"/>: the one named as the question's group, where there is
/// one. <see cref="EvaluationMode.Compressed"/> has none unless it is named. The raw-text baselines so read with the weights that
/// the method reads with, which is fair where the adapter was trained on raw text too, as the embedded model's are.</param>
/// <param name="generation">How to answer; the pipeline's own with <see langword="null"/>.</param>
/// <param name="scoring">How answers are judged; <see cref="AnswerScoring.Default"/> with <see langword="null"/>.</param>
public sealed class Evaluator(
    LlocoPipeline pipeline, EvaluationMode mode, string? adapter = null, GenerationOptions? generation = null,
    AnswerScoring? scoring = null)
{
    private readonly AnswerScoring _scoring = scoring ?? AnswerScoring.Default;

    /// <summary>Gets how many other documents of the question's group stand in the prefix beside its own, in random order.</summary>
    /// <value>Default 0. Others are drawn from the documents of the questions asked; the same questions get the same ones. Only for
    /// modes that read summaries.</value>
    public int Distractors { get; init; }

    /// <summary>Asks all questions.</summary>
    /// <param name="items">The questions.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>One item per question as soon as it is answered.</returns>
    /// <exception cref="LlocoException">A document cannot be compressed, or a question does not fit the native
    /// window.</exception>
    public async IAsyncEnumerable<EvaluatedQuestion> AskAsync(
        IEnumerable<QuestionItem> items, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        DistractorDraw? draw = Distractors > 0 && ReadsSummaries ? new DistractorDraw(items = [.. items], Distractors) : null;
        var ingested = new HashSet<string>(StringComparer.Ordinal);
        foreach (QuestionItem item in items)
        {
            if (mode != EvaluationMode.None && item.Document is null)
            {
                throw new LlocoException($"The question '{item.Id}' has no document, which mode {mode} needs.");
            }

            if (mode == EvaluationMode.Lloco && adapter is null && !pipeline.Adapters.Contains(item.Group))
            {
                throw new LlocoException($"There is no adapter for the group '{item.Group}'. Name one, or use mode Compressed.");
            }

            QuestionItem[] read = !ReadsSummaries ? [] : draw?.For(item) ?? [item];
            foreach (QuestionItem one in read.Where(one => ingested.Add(one.DocumentId!)))
            {
                await IngestAsync(one, cancellationToken).ConfigureAwait(false);
            }

            LlocoAnswer answer = await pipeline.AskAsync(item.Question, Options(item, read), cancellationToken)
                .ConfigureAwait(false);
            yield return new EvaluatedQuestion(item, answer, _scoring.Score(answer.Text, item.Answers));
        }
    }

    /// <summary>Sums up.</summary>
    /// <param name="questions">The questions that were asked; at least one.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="LlocoException">There is no question.</exception>
    public EvaluationReport Report(IReadOnlyList<EvaluatedQuestion> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count == 0)
        {
            throw new LlocoException("There is no question to sum up. Give a question file that holds some.");
        }

        IReadOnlyList<string> names = [.. _scoring.Metrics.Select(metric => metric.Name)];
        IReadOnlyList<string?> adapters = [.. questions.Select(question => question.Answer.Adapter).Distinct()];
        return new EvaluationReport(
            mode,
            adapters.Count == 1 ? adapters[0] : "group",
            questions.Count,
            names.ToDictionary(name => name, name => questions.Average(question => question.Scores[name])),
            names.ToDictionary(
                name => name, name => BootstrapInterval.OfMean([.. questions.Select(question => question.Scores[name])])),
            questions.Average(question => question.Answer.Tokens.Summary + question.Answer.Tokens.Prompt),
            questions.Average(question => question.Answer.Tokens.Raw),
            questions.Average(question => question.Answer.Tokens.Ratio),
            questions.Average(question => question.Answer.Times.FirstToken.TotalSeconds),
            questions.Select(SecondsPerToken).Where(double.IsFinite).DefaultIfEmpty(0).Average());
    }

    private bool ReadsSummaries => mode is EvaluationMode.Compressed or EvaluationMode.Lloco;

    private AskOptions Options(QuestionItem item, QuestionItem[] read) => new()
    {
        Generation = generation,
        DocumentIds = [.. read.Select(one => one.DocumentId!)],
        ContextText = ReadsSummaries || mode == EvaluationMode.None ? null : item.Document,
        Adapter = adapter
            ?? (mode != EvaluationMode.Compressed && pipeline.Adapters.Contains(item.Group) ? item.Group : AskOptions.NoAdapter),
        Context = mode switch
        {
            EvaluationMode.None => ContextMode.None,
            EvaluationMode.Truncate => ContextMode.Truncated,
            EvaluationMode.Full => ContextMode.Full,
            EvaluationMode.Retrieve => ContextMode.Passages,
            _ => ContextMode.Summary,
        },
    };

    private async Task IngestAsync(QuestionItem item, CancellationToken cancellationToken)
    {
        var document = new SourceDocument(item.DocumentId!, item.Document!, item.Group);
        await foreach (IngestResult result in pipeline.IngestAsync([document], null, cancellationToken).ConfigureAwait(false))
        {
            if (result.Failure is { } failure)
            {
                throw new LlocoException($"The document '{result.DocumentId}' cannot be compressed: {failure.Message}", failure);
            }
        }
    }

    private static double SecondsPerToken(EvaluatedQuestion question) =>
        (question.Answer.Times.Total - question.Answer.Times.FirstToken).TotalSeconds / (question.Answer.Tokens.Generated - 1);
}
