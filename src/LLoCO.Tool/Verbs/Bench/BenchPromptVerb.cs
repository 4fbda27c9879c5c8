using System.CommandLine;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench prompt</c>: the speed of prefill.</summary>
internal static class BenchPromptVerb
{
    /// <summary>Describes the verb.</summary>
    /// <param name="console">Where to write.</param>
    public static Command Create(ToolConsole console)
    {
        Option<string> shape = BenchArguments.Shape();
        Option<int> threads = BenchArguments.Threads();
        var tokens = new Option<int[]>("--tokens")
        {
            Description = "Tokens of the prompt.", DefaultValueFactory = _ => [512, 2048], AllowMultipleArgumentsPerToken = true,
        };
        Option<int> repeats = CommonArguments.Number("--repeats", 1, 5, "Times to read it.");
        var verb = new Command("prompt", "Prefill of a prompt up to its last token's logits: tokens/s (bf16).")
        {
            shape, tokens, repeats, threads,
        };
        verb.SetAction((parsed, cancellationToken) =>
        {
            BenchEnvironment environment = BenchEnvironment.Describe(parsed.GetValue(threads));
            console.Error.WriteLine(environment);
            using var measurement = new BenchPromptRun(parsed.GetValue(shape)!, environment, console);
            foreach (int count in parsed.GetValue(tokens)!.Where(count => count > 0).Distinct())
            {
                measurement.Run(count, parsed.GetValue(repeats), cancellationToken);
            }

            return Task.FromResult(0);
        });
        return verb;
    }
}
