using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.Tool.Verbs;

/// <summary>One figure of a plan and its measurement.</summary>
/// <param name="Name">Name of the figure.</param>
/// <param name="Predicted">Seconds that the plan says.</param>
/// <param name="Measured">Seconds that it took.</param>
internal sealed record PlanCheckRow(string Name, double Predicted, double Measured)
{
    /// <summary>Maximum relative error of a prediction.</summary>
    public const double Allowed = 0.25;

    /// <summary>Gets by which share of the measurement the prediction is off.</summary>
    public double Off => (Predicted / Measured) - 1;

    /// <summary>Gets whether it is close enough.</summary>
    public bool Holds => Math.Abs(Off) <= Allowed;
}

/// <summary><c>lloco plan --check</c>: measures the machine, predicts times, then measures them.</summary>
internal static class PlanCheck
{
    private const int MaxTokens = 4096;
    private const int Question = 48;
    private const int Answer = 16;

    /// <summary>Predicts and measures.</summary>
    /// <param name="meter">Measures the model, on its thread.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="bytes">Bytes per number of its weights.</param>
    /// <param name="tokens">Tokens of a document; by default as many as the native window holds raw, at most 4,096, so that full
    /// context can be measured too.</param>
    public static IReadOnlyList<PlanCheckRow> Run(DeviceMeter meter, LlamaConfig config, int bytes, int? tokens)
    {
        int document = tokens ?? Math.Min(MaxTokens, new WindowBudget(config.MaxPositions) { Prompt = Question, Answer = Answer }.Room);
        DeviceFigures device = meter.Measure();
        PlanEstimate plan = PlanEstimate.Create(
            config,
            device,
            new PlanWorkload { DocumentTokens = document, QuestionTokens = Question, AnswerTokens = Answer },
            bytes == 4 ? WeightPrecision.Float32 : WeightPrecision.BFloat16);
        var rows = new List<PlanCheckRow>
        {
            new("compression", plan.CompressionSeconds, meter.Compress(document)),
        };
        if (plan.Full.FitsWindow)
        {
            rows.Add(new("full, first token", plan.Full.SecondsFirstToken, meter.Pass(document + Question, 0)));
            rows.Add(new("full, each token", plan.Full.SecondsPerToken, meter.Step(document + Question)));
        }

        if (plan.Lloco.FitsWindow)
        {
            rows.Add(new("lloco, prefix", plan.Lloco.OpeningSeconds, meter.Prefix(plan.SummaryVectors)));
            rows.Add(new(
                "lloco, first token", plan.Lloco.SecondsFirstToken, meter.Pass(Question, plan.SummaryVectors)));
            rows.Add(new(
                "lloco, each token", plan.Lloco.SecondsPerToken, meter.Step(plan.SummaryVectors + Question)));
        }

        return rows;
    }

    /// <summary>Writes the rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="console">Where to.</param>
    /// <returns>0 where all hold, else 1.</returns>
    public static int Write(IReadOnlyList<PlanCheckRow> rows, ToolConsole console)
    {
        foreach (PlanCheckRow row in rows)
        {
            console.Result(
                new { name = row.Name, predicted = row.Predicted, measured = row.Measured, off = row.Off, ok = row.Holds },
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name,-20} predicted {row.Predicted * 1e3,10:F2} ms, measured {row.Measured * 1e3,10:F2} ms: {
                        row.Off,7:+0.0 %;-0.0 %}{(row.Holds ? string.Empty : "  beyond 25 %")}"));
        }

        return rows.All(row => row.Holds) ? 0 : 1;
    }
}
