using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Evaluation;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco score</c>: predictions against accepted answers.</summary>
internal static class ScoreVerb
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public static Command Create(ToolConsole console)
    {
        var metric = new Option<string>("--metric") { Description = "The metric.", Required = true };
        metric.AcceptOnlyFromAmong([.. AnswerMetrics.All.Select(one => one.Name)]);
        var verb = new Command(
            "score", "Standard input, one {\"prediction\", \"answers\"} a line, to the metric per line and its mean.")
        {
            metric,
        };
        verb.SetAction((parsed, _) =>
        {
            Run(AnswerMetrics.ByName(parsed.GetValue(metric)!), console);
            return Task.FromResult(0);
        });
        return verb;
    }

    private static void Run(IAnswerMetric metric, ToolConsole console)
    {
        var scores = new List<double>();
        int number = 0;
        while (console.In.ReadLine() is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                Line item = Read(line, number);
                scores.Add(metric.Score(item.Prediction!, item.Answers!));
                Write(console, metric.Name, scores[^1]);
            }
        }

        if (scores.Count == 0)
        {
            throw new LlocoException("Standard input holds no line to score.");
        }

        double mean = scores.Average();
        console.Result(
            new { metric = metric.Name, mean, count = scores.Count },
            string.Create(CultureInfo.InvariantCulture, $"mean {mean:F4} over {scores.Count}"));
    }

    private static void Write(ToolConsole console, string metric, double score) =>
        console.Result(new { metric, score }, score.ToString("F4", CultureInfo.InvariantCulture));

    private static Line Read(string json, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(json, Options) is { Prediction: not null, Answers.Count: > 0 } line
                ? line
                : throw new LlocoException($"Line {number} of standard input needs 'prediction' and at least one of 'answers'.");
        }
        catch (JsonException failure)
        {
            throw new LlocoException($"Line {number} of standard input is not JSON: {failure.Message}", failure);
        }
    }

    private sealed record Line(string? Prediction, IReadOnlyList<string>? Answers);
}
