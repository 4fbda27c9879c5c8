using System.CommandLine;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench memory</c>: what a key/value memory costs to make, and what it saves a question.</summary>
internal static class BenchMemoryVerb
{
    /// <summary>Describes the verb.</summary>
    /// <param name="console">Where to write.</param>
    public static Command Create(ToolConsole console)
    {
        Option<string> shape = BenchArguments.Shape();
        Option<int> tokens = CommonArguments.Number("--tokens", 16, 8192, "Tokens of the document; at most 8192 are compacted at once.");
        Option<int> ratio = CommonArguments.Number("--ratio", 1, 32, "Tokens for each slot.");
        Option<int> repeats = CommonArguments.Number("--repeats", 1, 3, "Times to make it.");
        Option<int> steps = CommonArguments.Number("--learn-steps", 0, 3, "Steps of its training to time; 0 for none.");
        Option<int> threads = BenchArguments.Threads();
        var weights = new Option<WeightPrecision>("--precision")
        {
            Description = "Number format of the weights.", DefaultValueFactory = _ => WeightPrecision.Float32,
        };
        var random = new Option<bool>("--random")
        {
            Description = "Only reads: a memory of random numbers in place of one that is made, for lengths that take hours to prefill.",
        };
        var verb = new Command(
            "memory", "Key/value memories: time and peak memory beside prefill, first token, decode steps, bytes, steps of 'learn'.")
        {
            shape, tokens, ratio, repeats, steps, threads, weights, random,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            parsed.EnsureNoneBeside(parsed.GetValue(random), random.Name, repeats, steps);
            console.Error.WriteLine(BenchEnvironment.Describe(parsed.GetValue(threads)));
            await using BenchMemoryRun run = await BenchMemoryRun.CreateAsync(
                parsed.GetValue(shape)!, parsed.GetValue(weights), parsed.GetValue(threads), parsed.GetValue(tokens), parsed.GetValue(ratio),
                console).ConfigureAwait(false);
            if (parsed.GetValue(random))
            {
                await run.ReadAsync(run.Document.MakeRandom(), null, cancellationToken).ConfigureAwait(false);
                return 0;
            }

            await run.MakeAsync(parsed.GetValue(repeats), parsed.GetValue(steps), cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }
}
