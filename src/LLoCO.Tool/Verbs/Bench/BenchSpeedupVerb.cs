using System.CommandLine;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench speedup</c>: a question behind the whole context against the same behind its summary.</summary>
internal static class BenchSpeedupVerb
{
    private static readonly string[] Names = ["ttft-4k", "ttft-32k", "e2e-8k", "e2e-32k", "token-128k", "second-100k"];

    /// <summary>Describes the verb.</summary>
    /// <param name="console">Where to write.</param>
    public static Command Create(ToolConsole console)
    {
        Option<string> shape = BenchArguments.Shape();
        var rows = new Option<string[]>("--rows")
        {
            Description = "The rows to measure; default: all.",
            DefaultValueFactory = _ => Names,
            AllowMultipleArgumentsPerToken = true,
        };
        rows.AcceptOnlyFromAmong(Names);
        Option<int> limit = CommonArguments.Number(
            "--limit", 1, 600,
            "Most seconds that one reading of a raw context may be expected to take; of longer ones a few passes are "
            + "timed.");
        Option<int> repeats = CommonArguments.Number(
            "--repeats", 1, 5, "Times to measure each way; long readings of a raw context are repeated less often.");
        var verb = new Command("speedup", "Full context against summary: first token, whole answer, time per token (bf16).")
        {
            shape, rows, limit, repeats,
        };
        verb.SetAction((parsed, cancellationToken) =>
        {
            console.Error.WriteLine(BenchEnvironment.Describe(Environment.ProcessorCount));
            string[] wanted = parsed.GetValue(rows)!;
            var measurement = new BenchSpeedupRun(
                parsed.GetValue(shape)!, parsed.GetValue(limit), parsed.GetValue(repeats), console);
            return Task.Run(() => measurement.Run(wanted, cancellationToken) ? 0 : 1, cancellationToken);
        });
        return verb;
    }
}
