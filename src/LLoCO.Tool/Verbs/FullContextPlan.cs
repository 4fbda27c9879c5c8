using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;
using LLoCO.Server;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.Tool.Verbs;

/// <summary>What the full text would have cost, as <c>lloco plan</c> estimates it.</summary>
internal static class FullContextPlan
{
    /// <summary>Measures this machine with the model of the command line.</summary>
    /// <param name="common">The options of the model.</param>
    /// <param name="parsed">The command line.</param>
    /// <returns>The estimate for a number of tokens.</returns>
    public static async Task<Func<int, FullContextCost>> MeasureAsync(CommonArguments common, ParseResult parsed)
    {
        (LlamaConfig config, WeightPrecision precision) = MeasuredModel.Describe(common, parsed, null);
        DeviceFigures device = await MeasuredModel.RunAsync(
            common, parsed, null, Environment.ProcessorCount, (meter, _, _) => meter.Measure()).ConfigureAwait(false);
        return tokens =>
        {
            PlanStrategy full = PlanEstimate.Create(config, device, new PlanWorkload { DocumentTokens = Math.Max(1, tokens) }, precision).Full;
            return new FullContextCost(full.SecondsFirstToken, full.FitsWindow);
        };
    }
}
