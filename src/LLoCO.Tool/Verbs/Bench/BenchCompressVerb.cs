using System.CommandLine;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench compress</c>: how fast documents become summary embeddings, against the machine's own matrix
/// products.</summary>
internal static class BenchCompressVerb
{
    /// <summary>Describes the verb.</summary>
    /// <param name="console">Where to write.</param>
    public static Command Create(ToolConsole console)
    {
        Option<string> shape = BenchArguments.Shape();
        Option<int> tokens = CommonArguments.Number("--tokens", 1, 4 * 1536, "Tokens of the document.");
        Option<int> repeats = CommonArguments.Number("--repeats", 1, 3, "Times to compress it.");
        Option<int> batch = CommonArguments.Number(
            "--batch", 0, 8, "Short documents to compress one by one and together; 0 for none.");
        var verb = new Command("compress", "Compression: tokens/s, share of the machine's matrix rate, peak memory (bf16).")
        {
            shape, tokens, repeats, batch,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            console.Error.WriteLine(BenchEnvironment.Describe(Environment.ProcessorCount));
            await using var measurement = new BenchCompressRun(parsed.GetValue(shape)!, console);
            await measurement.RunAsync(parsed.GetValue(tokens), parsed.GetValue(repeats), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(batch) > 0)
            {
                await measurement.RunBatchAsync(parsed.GetValue(batch), parsed.GetValue(repeats), cancellationToken)
                    .ConfigureAwait(false);
            }

            return 0;
        });
        return verb;
    }
}
