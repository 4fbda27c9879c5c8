using System.Runtime.CompilerServices;
using LLoCO.Core;
using LLoCO.Core.Decoding;

namespace LLoCO.Evaluation;

/// <summary>Asks a pipeline the questions of a data set, each about its own document and once for each row, and scores the
/// answers.</summary>
/// <remarks>Questions are read one at a time and their documents released, unless a row adds other documents to them; a document
/// is compressed once into the pipeline's index, and one that the index holds already is used as it is.</remarks>
/// <param name="pipeline">The pipeline; stays the caller's.</param>
/// <param name="rows">The rows; each question is asked in all rows before the next one, so that changes during a run affect all
/// rows equally.</param>
/// <param name="generation">How to answer; the pipeline's own with <see langword="null"/>.</param>
/// <param name="scoring">How answers are judged; <see cref="AnswerScoring.Default"/> with <see langword="null"/>.</param>
/// <param name="results">Keeps every answer at once. Questions answered in an earlier run are not asked again. Nothing is kept
/// with <see langword="null"/>. Not disposed here.</param>
public sealed class Evaluator(
    LlocoPipeline pipeline, IReadOnlyList<EvaluationRow> rows, GenerationOptions? generation = null,
    AnswerScoring? scoring = null, EvaluationResultsFile? results = null)
{
    private readonly AnswerScoring _scoring = scoring ?? AnswerScoring.Default;

    /// <summary>Gets whether a question that does not fit the native window is left out and counted in every mode.</summary>
    /// <value>Default <see langword="false"/>: only in <see cref="EvaluationMode.Full"/>; elsewhere the first one is an
    /// error.</value>
    public bool LeavesOut { get; init; }

    /// <summary>Asks all questions.</summary>
    /// <param name="items">The questions.</param>
    /// <param name="data">Name of the data set, where there are several.</param>
    /// <param name="ingest">Called with the progress of compressing a document.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>One item per question and row as soon as it is answered, question by question. A document that does not fit in
    /// <see cref="EvaluationMode.Full"/> makes an item with <see cref="EvaluatedQuestion.LeftOut"/>.</returns>
    /// <exception cref="LlocoException">A document cannot be compressed, a question does not fit the native window, or the
    /// results are those of another question.</exception>
    public async IAsyncEnumerable<EvaluatedQuestion> AskAsync(
        IEnumerable<QuestionItem> items, string data = "", IProgress<IngestProgress>? ingest = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(data);
        DistractorDraw? draw = rows.Any(row => row.Distractors > 0) ? new DistractorDraw(items = [.. items]) : null;
        var compressed = new HashSet<string>(StringComparer.Ordinal);
        var tooLong = new Dictionary<string, string>(StringComparer.Ordinal);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (QuestionItem item in items)
        {
            seen[item.Id] = seen.GetValueOrDefault(item.Id) + 1;
            var question = new EvaluatedQuestion
            {
                Data = data,
                Row = string.Empty,
                Mode = default,
                Id = seen[item.Id] == 1 ? item.Id : $"{item.Id}#{seen[item.Id]}",
                Group = item.Group,
                Document = item.DocumentId,
                Digest = EvaluatedQuestion.DigestOf(item),
                Question = item.Question,
                Answers = item.Answers,
            };
            foreach (EvaluationRow row in rows)
            {
                EvaluatedQuestion asked = question with { Row = row.Name, Mode = row.Mode };
                if (results?.Find(asked) is { } finished)
                {
                    yield return finished with { TakenOver = true };
                    continue;
                }

                QuestionItem[] read = draw?.For(item, row.Distractors) ?? [item];
                AskOptions options = row.Ask(item, read, pipeline.Adapters, generation);
                foreach (QuestionItem one in read.Where(one => row.ReadsSummaries && compressed.Add(one.DocumentId!)))
                {
                    if (await IngestAsync(one, ingest, cancellationToken).ConfigureAwait(false) is { } fault)
                    {
                        tooLong.Add(one.DocumentId!, fault);
                    }
                }

                string? leftOut = row.ReadsSummaries
                    ? read.Select(one => tooLong.GetValueOrDefault(one.DocumentId!)).FirstOrDefault(fault => fault is not null)
                    : null;
                asked = leftOut is null
                    ? await AskAsync(asked, options, cancellationToken).ConfigureAwait(false)
                    : asked with { LeftOut = leftOut };
                results?.Add(asked);
                yield return asked;
            }
        }
    }

    private async Task<EvaluatedQuestion> AskAsync(
        EvaluatedQuestion asked, AskOptions options, CancellationToken cancellationToken)
    {
        LlocoAnswer answer;
        try
        {
            answer = await pipeline.AskAsync(asked.Question, options, cancellationToken).ConfigureAwait(false);
        }
        catch (WindowExceededException failure) when (LeavesOut || asked.Mode == EvaluationMode.Full)
        {
            return asked with { LeftOut = failure.Message };
        }

        return asked with
        {
            Prediction = answer.Text,
            Adapter = answer.Adapter,
            Scores = _scoring.Score(answer.Text, asked.Answers),
            Tokens = answer.Tokens,
            Confidence = answer.Confidence,
            Warning = answer.Warning,
            SecondsFirstToken = answer.Times.FirstToken.TotalSeconds,
            SecondsTotal = answer.Times.Total.TotalSeconds,
        };
    }

    // Gets why the document is too long for questions, if such questions are left out.
    private async Task<string?> IngestAsync(
        QuestionItem item, IProgress<IngestProgress>? progress, CancellationToken cancellationToken)
    {
        var document = new SourceDocument(item.DocumentId!, item.Document!, item.Group) { Origin = item.Origin };
        await foreach (IngestResult result in pipeline.IngestAsync([document], progress, cancellationToken).ConfigureAwait(false))
        {
            if (LeavesOut && result.Failure is WindowExceededException tooLong)
            {
                return tooLong.Message;
            }

            result.EnsureSuccess();
        }

        return null;
    }
}
