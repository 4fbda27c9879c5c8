using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Evaluation.Planning;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.Tool.Verbs;

/// <summary>One plan: an estimate, or estimates compared with measurements.</summary>
internal sealed class PlanRun(ParseResult parsed, CommonArguments common, ToolConsole console)
{
    /// <summary>Gets the shape that is planned with; <see langword="null"/> for the model of the command line.</summary>
    public string? Shape { get; init; }

    /// <summary>Gets the threads that compute where this machine is measured.</summary>
    public required int Threads { get; init; }

    /// <summary>Measures this machine, predicts times, measures them and compares.</summary>
    /// <param name="tokens">Tokens of a document; <see langword="null"/> for several sizes.</param>
    /// <returns>The exit code: 1 where a prediction is more than 25 % off.</returns>
    public async Task<int> CheckAsync(int? tokens)
    {
        IReadOnlyList<PlanCheckRow> rows = await MeasuredModel.RunAsync(
            common, parsed, Shape, Threads, (meter, model, bytes) => PlanCheck.Run(meter, model, bytes, tokens))
            .ConfigureAwait(false);
        return PlanCheck.Write(rows, console);
    }

    /// <summary>Writes the cost of a workload for each strategy.</summary>
    /// <param name="workload">The work.</param>
    /// <param name="figures">The device; <see langword="null"/> to measure this machine.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> EstimateAsync(PlanWorkload workload, DeviceFigures? figures)
    {
        (LlamaConfig config, WeightPrecision precision) = MeasuredModel.Describe(common, parsed, Shape);
        DeviceFigures device = figures ?? await MeasuredModel.RunAsync(
            common, parsed, Shape, Threads, (meter, _, _) => meter.Measure()).ConfigureAwait(false);
        PlanEstimate plan = PlanEstimate.Create(config, device, workload, precision);
        console.Result(PlanReport.ToJson(plan, device), PlanReport.Describe(plan, device));
        return 0;
    }
}
