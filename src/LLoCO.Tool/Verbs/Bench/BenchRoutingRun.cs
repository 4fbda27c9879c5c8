using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Tool.Reports;
using LLoCO.Training.Grouping;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Asks questions in every way of routing, one way after the other for each question.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="console">Where to write.</param>
/// <param name="adapterForAll">The adapter that reads all groups; <see langword="null"/> leaves its rows out.</param>
/// <param name="groups">Most groups of one question, and documents of one prefix.</param>
internal sealed class BenchRoutingRun(LlocoPipeline pipeline, ToolConsole console, string? adapterForAll, int groups)
{
    private const string Named = "named";
    private static readonly ExactMatchMetric Exact = new();

    /// <summary>Asks every question in every way.</summary>
    /// <param name="questions">The questions, with the index's ids and groups.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    public async Task<IReadOnlyList<RoutedQuestion>> AskAsync(
        IReadOnlyList<QuestionItem> questions, CancellationToken cancellationToken)
    {
        var asked = new List<RoutedQuestion>();
        foreach ((int number, QuestionItem item) in questions.Index())
        {
            foreach ((string row, AskOptions options, int most) in Ways(item))
            {
                RoutedAnswer answer = await pipeline.AskGroupsAsync(item.Question, options, most, cancellationToken)
                    .ConfigureAwait(false);
                asked.Add(Judge($"{number}:{item.Id}", row, item, answer));
            }
        }

        return asked;
    }

    /// <summary>Writes a row for each way.</summary>
    /// <param name="asked">The answers.</param>
    /// <param name="against">Answers to the same questions, whose row <c>named</c> all rows are compared with.</param>
    /// <exception cref="LlocoException">They are of other questions.</exception>
    public void Report(IReadOnlyList<RoutedQuestion> asked, IReadOnlyList<RoutedQuestion> against)
    {
        double[] compared = Scores(against.Where(one => one.Row == Named));
        var cells = new List<string[]>();
        foreach (IGrouping<string, RoutedQuestion> row in asked.GroupBy(one => one.Row))
        {
            double[] scores = Scores(row);
            if (scores.Length != compared.Length)
            {
                throw new LlocoException($"The file to compare with has {compared.Length} questions in the row 'named', this run "
                    + $"{scores.Length}. Ask the same questions.");
            }

            BootstrapInterval interval = BootstrapInterval.OfMean(scores);
            PairedDifference difference = PairedDifference.Create(scores, compared);
            double routed = row.Average(one => one.Routed ? 1.0 : 0);
            double retrieve = row.Select(one => one.RetrieveSeconds).Order().ElementAt(scores.Length / 2) * 1000;
            double total = row.Select(one => one.Seconds).Order().ElementAt(scores.Length / 2) * 1000;
            if (console.Json)
            {
                console.JsonLine(new
                {
                    row = row.Key, questions = scores.Length, right = scores.Average(), low = interval.Low, high = interval.High,
                    document_found = routed, difference = difference.Mean, difference_low = difference.Interval.Low,
                    difference_high = difference.Interval.High, milliseconds_retrieve = retrieve, milliseconds = total,
                });
            }

            cells.Add(
            [
                row.Key, Percent(scores.Average()), $"[{Number(interval.Low)}, {Number(interval.High)}]", Percent(routed),
                $"{Number(difference.Mean)} [{Number(difference.Interval.Low)}, {Number(difference.Interval.High)}]",
                retrieve.ToString("F1", CultureInfo.InvariantCulture), total.ToString("F1", CultureInfo.InvariantCulture),
            ]);
        }

        if (!console.Json)
        {
            ResultTable.Write(
                console.Out, ["group", ">right", ">95 %", ">its document read", ">points to named", ">ms to retrieve", ">ms in all"], cells);
        }
    }

    private IEnumerable<(string Row, AskOptions Options, int Groups)> Ways(QuestionItem item)
    {
        yield return (Named, new AskOptions { Group = item.Group }, 1);
        yield return ("found", new AskOptions(), 1);
        yield return ($"each of {groups}", new AskOptions(), groups);
        if (adapterForAll is null)
        {
            yield break;
        }

        yield return (adapterForAll, new AskOptions { Adapter = adapterForAll }, 1);
        yield return ($"{adapterForAll}, {groups} documents", new AskOptions
        {
            Adapter = adapterForAll, TopK = groups, WindowPolicy = WindowPolicy.FewerDocuments,
        }, 1);
    }

    private static RoutedQuestion Judge(string id, string row, QuestionItem item, RoutedAnswer answer) => new(
        id, row, Exact.Score(answer.Best.Text, item.Answers) == 1,
        answer.Best.Sources.Any(source => source.DocumentId == item.DocumentId), answer.Best.Group,
        (answer.RouteTime + answer.Answers.Max(one => one.Times.Retrieve)).TotalSeconds,
        (answer.RouteTime + answer.Answers.Max(one => one.Times.Total)).TotalSeconds);

    private static double[] Scores(IEnumerable<RoutedQuestion> row) => [.. row.Select(one => one.Right ? 1.0 : 0)];

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static string Number(double share) => (share * 100).ToString("F1", CultureInfo.InvariantCulture);
}
