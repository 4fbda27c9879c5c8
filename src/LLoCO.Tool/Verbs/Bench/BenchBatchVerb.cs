using System.CommandLine;
using LLoCO.Core.Decoding;
using LLoCO.Core.Model;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench batch</c>: many questions at once against one after the other.</summary>
internal static class BenchBatchVerb
{
    /// <summary>Describes the measurement.</summary>
    /// <param name="console">Where to write.</param>
    public static Command Create(ToolConsole console)
    {
        Option<string> shape = BenchOptions.Shape();
        Option<int> threads = BenchOptions.Threads();
        var weights = new Option<DecodeWeights>("--weights") { Description = "Format of the weights while generating." };
        var callers = new Option<int[]>("--callers")
        {
            Description = "How many ask at the same time.",
            DefaultValueFactory = _ => [1, 4, 16],
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> answers = CommonOptions.AtLeast(
            1, new Option<int>("--answers") { Description = "Answers of a round.", DefaultValueFactory = _ => 16 });
        Option<int> tokens = CommonOptions.AtLeast(
            1, new Option<int>("--tokens") { Description = "Tokens of an answer.", DefaultValueFactory = _ => 64 });
        Option<int> repeats = CommonOptions.AtLeast(
            1, new Option<int>("--repeats") { Description = "Rounds, in turn.", DefaultValueFactory = _ => 5 });
        var verb = new Command("batch", "Many questions at once: total tokens a second, against one after the other.")
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
            await using BatchMeasurement bench = await BatchMeasurement.CreateAsync(
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
