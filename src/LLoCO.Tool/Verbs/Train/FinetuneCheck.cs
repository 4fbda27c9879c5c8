using System.Diagnostics;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>What a new adapter, or a new base, reaches on held-out questions, beside what its base reaches on raw text and what guessing
/// does.</summary>
/// <param name="Questions">Questions asked.</param>
/// <param name="Scores">Exact match by what answered, 0 to 1: <c>adapter</c> or <c>model</c>, <c>truncate</c>, <c>retrieve</c>,
/// <c>guess</c>.</param>
/// <param name="OverGuessing">By how much the first is better than guessing.</param>
internal sealed record FinetuneCheck(int Questions, IReadOnlyDictionary<string, double> Scores, PairedDifference OverGuessing)
{
    private const string Reader = "finetuned";
    private const string Adapter = "adapter";
    private const string Model = "model";
    private const double MinSeconds = 60;
    private const double ShareOfTraining = 0.1;

    /// <summary>Asks held-out questions; fewer than wanted where they would take longer than a minute and a tenth of the
    /// training.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="folder">The adapter's folder; <see langword="null"/> where the pipeline's model itself was trained.</param>
    /// <param name="questions">What was learned and what was held out.</param>
    /// <param name="raw">Whether the adapter reads raw text.</param>
    /// <param name="most">Most questions.</param>
    /// <param name="trained">How long the training took.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    public static async Task<FinetuneCheck?> RunAsync(
        LlocoPipeline pipeline, string? folder, FinetuneQuestions questions, bool raw, int most, TimeSpan trained,
        CancellationToken cancellationToken)
    {
        if (most == 0 || questions.HeldOut.Count == 0)
        {
            return null;
        }

        if (folder is not null)
        {
            await pipeline.LoadAdapterAsync(Reader, folder, cancellationToken).ConfigureAwait(false);
        }

        EvaluationRow[] rows = raw
            ? [new(EvaluationMode.Truncate, Reader)]
            :
            [
                folder is null ? new(EvaluationMode.Compressed, AskOptions.NoAdapter) : new(EvaluationMode.Lloco, Reader),
                new(EvaluationMode.Truncate, AskOptions.NoAdapter),
                new(EvaluationMode.Retrieve, AskOptions.NoAdapter),
            ];
        var guess = new GuessBaseline(questions.Learned);
        var metric = new ExactMatchMetric();
        var scores = new List<double[]>();
        var clock = Stopwatch.StartNew();
        double limit = Math.Max(MinSeconds, ShareOfTraining * trained.TotalSeconds);
        var evaluator = new Evaluator(pipeline, rows, scoring: new AnswerScoring([metric])) { LeavesOut = true };
        foreach (QuestionItem item in Spread(questions.HeldOut, most))
        {
            if (clock.Elapsed.TotalSeconds > limit)
            {
                break;
            }

            EvaluatedQuestion[] answers = await evaluator.AskAsync([item], cancellationToken: cancellationToken)
                .ToArrayAsync(cancellationToken).ConfigureAwait(false);
            if (answers.All(answer => answer.LeftOut is null))
            {
                scores.Add([.. answers.Select(answer => answer.Scores[metric.Name]), metric.Score(guess.Guess(item.Question), item.Answers)]);
            }
        }

        string name = folder is null ? Model : Adapter;
        return scores.Count == 0 ? null : From(raw ? [name, "guess"] : [name, "truncate", "retrieve", "guess"], scores);
    }

    /// <summary>What a person reads: the figures, and whether the adapter is of use.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"held out, {Questions} questions, exact match: {string.Join(", ", Scores.Select(score => $"{score.Key} {score.Value:P1}"))}");

    /// <summary>Why the adapter should not be used, and what may help; <see langword="null"/> where it is better than
    /// guessing.</summary>
    /// <param name="words">How well the model can write the answers.</param>
    public string? Fault(AnswerRepresentation? words)
    {
        if (OverGuessing.Interval.Low > 0)
        {
            return null;
        }

        string name = Scores.ContainsKey(Model) ? Model : Adapter;
        double text = Math.Max(Scores.GetValueOrDefault("truncate"), Scores.GetValueOrDefault("retrieve"));
        string reason = words?.FindsNothing == true
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Before training the model found {words.FoundReading} of {words.Asked} answers, so that it may not know such words "
                + $"({words.AnswerPiecesPerWord:F1} tokens a word). Take a model that does.")
            : text > Scores[name]
                ? "From raw text the model does better: the summary embeddings do not hold what is asked. Learn from more documents, or ask "
                    + "with --expand."
                : "Learn from more documents and questions, for more epochs, or take a larger model.";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"warning: the {name} is not better than guessing the commonest answer ({Scores[name]:P1} against {Scores["guess"]:P1} of "
            + $"{Questions} held-out questions). {reason}");
    }

    private static FinetuneCheck From(string[] names, List<double[]> scores) => new(
        scores.Count,
        names.Index().ToDictionary(name => name.Item, name => scores.Average(row => row[name.Index])),
        PairedDifference.Create([.. scores.Select(row => row[0])], [.. scores.Select(row => row[^1])]));

    /// <summary>Questions from all over the list, which is ordered by document.</summary>
    private static IEnumerable<QuestionItem> Spread(IReadOnlyList<QuestionItem> items, int most)
    {
        int count = Math.Min(most, items.Count);
        return Enumerable.Range(0, count).Select(i => items[(int)((long)i * items.Count / count)]);
    }
}
