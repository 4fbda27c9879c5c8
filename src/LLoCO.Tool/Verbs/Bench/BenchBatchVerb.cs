using System.CommandLine;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench batch</c>: many questions at once against one after the other.</summary>
internal static class BenchBatchVerb
{
    /// <summary>Describes the measurement.</summary>
    /// <param name="console">Where to write.</param>
    public static Command Create(ToolConsole console)
    {
        Option<string> shape = BenchArguments.Shape();
        Option<int> threads = BenchArguments.Threads();
        var weights = new Option<DecodeWeights>("--weights") { Description = "Format of the weights while generating." };
        var callers = new Option<int[]>("--callers")
        {
            Description = "How many ask at the same time.",
            DefaultValueFactory = _ => [1, 4, 16],
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> answers = CommonArguments.Number("--answers", 1, 16, "Answers of a round.");
        Option<int> tokens = CommonArguments.Number("--tokens", 1, 64, "Tokens of an answer.");
        Option<int> repeats = CommonArguments.Number("--repeats", 1, 5, "Rounds, in turn.");
        var verb = new Command("batch", "Concurrent questions: total tokens/s, compared with one after the other.")
        {
            shape, threads, weights, callers, answers, tokens, repeats,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(callers)!.Any(count => count < 1))
            {
                throw new ToolUsageException("--callers must be at least 1.");
            }

            string name = parsed.GetValue(shape)!;
            console.Error.WriteLine(BenchEnvironment.Describe(parsed.GetValue(threads)));
            var decoding = new DecodingOptions { Weights = parsed.GetValue(weights), Threads = parsed.GetValue(threads) };
            await using BenchBatchRun bench = await BenchBatchRun.CreateAsync(
                ModelShapes.Find(name), decoding, parsed.GetValue(answers), parsed.GetValue(tokens), cancellationToken)
                .ConfigureAwait(false);
            foreach (BatchRowResult row in await bench
                .RunAsync(parsed.GetValue(callers)!, parsed.GetValue(repeats), cancellationToken).ConfigureAwait(false))
            {
                row.Write(name, decoding.Weights, console);
            }

            return 0;
        });
        return verb;
    }
}
