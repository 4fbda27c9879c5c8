using System.CommandLine;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco tokenize</c>: JSON strings in, one a line; JSON arrays of ids out, one a line, without BOS.</summary>
public static class TokenizeVerb
{
    internal static Command Create(ToolConsole console)
    {
        var file = new Option<string>("--tokenizer")
        {
            Description = "tokenizer.model (SentencePiece or tiktoken), or its folder.", Required = true, HelpName = "FILE",
        };
        var verb = new Command(
            "tokenize", "Standard input, one JSON string a line, to token ids, one JSON array a line (no BOS).")
        {
            file,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            ITokenizer tokenizer = TokenizerFile.Load(parsed.GetValue(file)!);
            await RunAsync(tokenizer, console.In, console.Out, cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    /// <summary>Tokenizes every line until the input ends.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="input">One JSON string a line; empty lines are passed over.</param>
    /// <param name="output">Gets one array a line.</param>
    /// <param name="cancellationToken">Checked before each line.</param>
    /// <returns>When the input has ended.</returns>
    /// <exception cref="LlocoException">A line is not a JSON string; the message says which.</exception>
    public static async Task RunAsync(
        ITokenizer tokenizer, TextReader input, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        int number = 0;
        while (await input.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                string ids = JsonSerializer.Serialize(tokenizer.Encode(ParseLine(line, number)));
                await output.WriteLineAsync(ids.AsMemory(), cancellationToken).ConfigureAwait(false);
            }
        }

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string ParseLine(string line, int number)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.String
                ? document.RootElement.GetString()!
                : throw new LlocoException(
                    $"Line {number} of the input is a JSON {document.RootElement.ValueKind}, not a string in quotes.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new LlocoException($"Line {number} of the input is not a JSON string: {JsonFaults.Describe(error)}.", error);
        }
    }
}
