using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco plan</c>: what compression costs and saves, and after how many questions it pays off.</summary>
internal static class PlanVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        Option<int> threads = BenchArguments.Threads();
        Option<string?> shape = MeasuredModel.Shape();
        var arguments = new PlanArguments();
        var figures = new PlanDeviceArguments();
        var check = new Option<bool>("--check")
        {
            Description = "Measures this machine, predicts times, measures them and compares; fails if one is off by more than 25 %.",
        };
        var verb = new Command(
            "plan", "What full context, retrieval and LLoCO cost for a document, and after how many questions LLoCO pays.")
        {
            shape, threads, check,
        };
        arguments.AddTo(verb);
        figures.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, _) =>
        {
            bool checks = parsed.GetValue(check);
            parsed.EnsureNoneBeside(checks, check.Name, [.. arguments.Work, .. figures.All]);
            parsed.EnsureNoneBeside(figures.Given(parsed) is not null, "--gflops", threads);
            var run = new PlanRun(parsed, common, console)
            {
                Shape = parsed.GetValue(shape), Threads = parsed.GetValue(threads),
            };
            return checks
                ? await run.CheckAsync(parsed.GetValue(arguments.Tokens)).ConfigureAwait(false)
                : await run.EstimateAsync(arguments.Read(parsed), figures.Given(parsed)).ConfigureAwait(false);
        });
        return verb;
    }
}
