using System.Globalization;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;

namespace LLoCO.Tool.Verbs;

/// <summary>Scores the predictions of standard input, line by line and on average.</summary>
/// <param name="console">Where lines come from and scores go.</param>
internal sealed class ScoreRun(ToolConsole console)
{
    /// <summary>Name of the metric that has three parts.</summary>
    public const string Rouge = "rouge";

    /// <summary>Gets whether only the text before the first full stop is judged.</summary>
    public bool CutsAtFullStop { get; init; }

    /// <summary>Gets whether words are stemmed for ROUGE.</summary>
    public bool Stems { get; init; } = true;

    /// <summary>Scores until the input ends.</summary>
    /// <param name="metric">Name of the metric.</param>
    /// <exception cref="LlocoException">A line is not a prediction, or there are no lines.</exception>
    public void Run(string metric)
    {
        if (metric == Rouge)
        {
            RunRouge(Read(comparesWords: true));
        }
        else
        {
            Run(Read(comparesWords: metric == "f1"), AnswerMetrics.ByName(metric));
        }
    }

    private void Run(IEnumerable<Line> lines, IAnswerMetric metric)
    {
        var scores = new List<double>();
        foreach (Line line in lines)
        {
            double score = metric.Score(line.Prediction!, line.Answers!);
            scores.Add(score);
            console.Result(new { metric = metric.Name, score }, score.ToString("F4", CultureInfo.InvariantCulture));
        }

        RequireSome(scores.Count);
        double mean = scores.Average();
        console.Result(
            new { metric = metric.Name, mean, count = scores.Count },
            string.Create(CultureInfo.InvariantCulture, $"mean {mean:F4} over {scores.Count}"));
    }

    private void RunRouge(IEnumerable<Line> lines)
    {
        var all = new List<RougeScores>();
        foreach (Line line in lines)
        {
            RougeScores scores = RougeScores.Compute(line.Prediction!, line.Answers!, Stems);
            all.Add(scores);
            Dictionary<string, object> result = ToJson(scores);
            result["score"] = scores.GeometricMean;
            console.Result(result, Describe(scores, scores.GeometricMean));
        }

        RequireSome(all.Count);
        double mean = all.Average(scores => scores.GeometricMean);
        RougeScores means = RougeScores.Mean(all);
        Dictionary<string, object> summary = ToJson(means);
        summary["mean"] = mean;
        summary["count"] = all.Count;
        console.Result(
            summary,
            string.Create(
                CultureInfo.InvariantCulture,
                $"means {Describe(means, means.GeometricMean)}; mean of the lines' geometric means {mean:F4} over {all.Count}"));
    }

    /// <summary>Keys of a dictionary stay as they are; a property would become "rouge_l".</summary>
    private static Dictionary<string, object> ToJson(RougeScores scores) => new()
    {
        ["metric"] = Rouge,
        ["rouge1"] = scores.Rouge1,
        ["rouge2"] = scores.Rouge2,
        ["rougeL"] = scores.RougeL,
        ["geometric_mean"] = scores.GeometricMean,
    };

    private static string Describe(RougeScores scores, double geometricMean) => string.Create(
        CultureInfo.InvariantCulture,
        $"rouge1 {scores.Rouge1:F4}, rouge2 {scores.Rouge2:F4}, rougeL {scores.RougeL:F4}, geometric mean {geometricMean:F4}");

    private static void RequireSome(int count)
    {
        if (count == 0)
        {
            throw new LlocoException("Standard input holds no line to score.");
        }
    }

    private IEnumerable<Line> Read(bool comparesWords)
    {
        bool noted = !comparesWords;
        int number = 0;
        while (console.In.ReadLine() is { } text)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(text))
            {
                Line line = Parse(text, number);
                if (!noted && line.Answers!.Any(answer => CharacterTokens.Concern(answer!)))
                {
                    console.Error.WriteLine($"lloco: {AnswerMetrics.CharactersNote}");
                    noted = true;
                }

                yield return CutsAtFullStop ? line with { Prediction = AnswerScoring.BeforeFullStop(line.Prediction!) } : line;
            }
        }
    }

    private static Line Parse(string json, int number)
    {
        try
        {
            return DataSetJson.ParseAnyCase<Line>(json) is { Prediction: not null, Answers.Count: > 0 } line
                && line.Answers.All(answer => answer is not null)
                ? line
                : throw new LlocoException($"Line {number} of standard input needs 'prediction' and at least one of 'answers'.");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new LlocoException($"Line {number} of standard input is not what is scored: {JsonFaults.Describe(failure)}.", failure);
        }
    }

    private sealed record Line(string? Prediction, IReadOnlyList<string>? Answers);
}
