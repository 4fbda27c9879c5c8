using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco score</c>: predictions against accepted answers.</summary>
internal static class ScoreVerb
{
    private const string Rouge = "rouge";

    public static Command Create(ToolConsole console)
    {
        var metric = new Option<string>("--metric") { Description = "The metric.", Required = true };
        metric.AcceptOnlyFromAmong("em", "f1", Rouge, "choice", "f1_zh", "rouge_zh");
        var cut = new Option<bool>("--cut-at-full-stop")
        {
            Description = "Judges only what stands before the first full stop, as the original does with HotpotQA.",
        };
        var plain = new Option<bool>("--no-stem") { Description = "Leaves words as they are; only for rouge." };
        var verb = new Command(
            "score", "Standard input, one {\"prediction\", \"answers\"} a line, to the metric per line and its mean.")
        {
            metric, cut, plain,
        };
        verb.SetAction((parsed, _) =>
        {
            string name = parsed.GetValue(metric)!;
            if (parsed.GetValue(plain) && name != Rouge)
            {
                throw new ToolUsageException("--no-stem goes with --metric rouge only.");
            }

            IEnumerable<Line> lines = Read(console, parsed.GetValue(cut), comparesWords: name is "f1" or Rouge);
            if (name == Rouge)
            {
                RunRouge(lines, !parsed.GetValue(plain), console);
            }
            else
            {
                Run(lines, AnswerMetrics.ByName(name), console);
            }

            return Task.FromResult(0);
        });
        return verb;
    }

    private static void Run(IEnumerable<Line> lines, IAnswerMetric metric, ToolConsole console)
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

    private static void RunRouge(IEnumerable<Line> lines, bool stem, ToolConsole console)
    {
        var all = new List<RougeScores>();
        foreach (Line line in lines)
        {
            RougeScores scores = RougeScores.Compute(line.Prediction!, line.Answers!, stem);
            all.Add(scores);
            console.Result(
                new Dictionary<string, object>
                {
                    // Keys of a dictionary stay as they are; a property would become "rouge_l".
                    ["metric"] = Rouge,
                    ["score"] = scores.GeometricMean,
                    ["rouge1"] = scores.Rouge1,
                    ["rouge2"] = scores.Rouge2,
                    ["rougeL"] = scores.RougeL,
                    ["geometric_mean"] = scores.GeometricMean,
                },
                Describe(scores, scores.GeometricMean));
        }

        RequireSome(all.Count);
        double mean = all.Average(scores => scores.GeometricMean);
        RougeScores means = RougeScores.Mean(all);
        Dictionary<string, object> summary = new()
        {
            ["metric"] = Rouge,
            ["mean"] = mean,
            ["rouge1"] = means.Rouge1,
            ["rouge2"] = means.Rouge2,
            ["rougeL"] = means.RougeL,
            ["geometric_mean"] = means.GeometricMean,
            ["count"] = all.Count,
        };
        console.Result(
            summary,
            string.Create(
                CultureInfo.InvariantCulture,
                $"means {Describe(means, means.GeometricMean)}; mean of the lines' geometric means {mean:F4} over {all.Count}"));
    }

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

    private static IEnumerable<Line> Read(ToolConsole console, bool cut, bool comparesWords)
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

                yield return cut ? line with { Prediction = AnswerScoring.BeforeFullStop(line.Prediction!) } : line;
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
