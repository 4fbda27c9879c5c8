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
        Option<string> shape = BenchOptions.Shape();
        Option<int> tokens = CommonOptions.AtLeast(1, new Option<int>("--tokens")
        {
            Description = "Tokens of the document.", DefaultValueFactory = _ => 4 * 1536,
        });
        Option<int> repeats = CommonOptions.AtLeast(1, new Option<int>("--repeats")
        {
            Description = "Times to compress it.", DefaultValueFactory = _ => 3,
        });
        Option<int> batch = CommonOptions.AtLeast(0, new Option<int>("--batch")
        {
            Description = "Short documents to compress one by one and together; 0 for none.", DefaultValueFactory = _ => 8,
        });
        var verb = new Command("compress", "Compression: tokens/s, share of the machine's matrix rate, peak memory (bf16).")
        {
            shape, tokens, repeats, batch,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            console.Error.WriteLine(BenchEnvironment.Describe(Environment.ProcessorCount));
            await using var measurement = new CompressMeasurement(parsed.GetValue(shape)!, console);
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
