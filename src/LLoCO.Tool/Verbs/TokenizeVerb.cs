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
            Description = "tokenizer.model (SentencePiece or tiktoken), tokenizer.json, or its folder.", Required = true, HelpName = "FILE",
        };
        var decode = new Option<bool>("--decode") { Description = "The way back: JSON arrays of ids in, JSON strings out." };
        var verb = new Command(
            "tokenize", "Standard input, one JSON string a line, to token ids, one JSON array a line (no BOS).")
        {
            file, decode,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            TokenizerChoice choice = TokenizerFile.Open(parsed.GetValue(file)!);
            if (choice.Warning is { } warning)
            {
                await console.Error.WriteLineAsync($"lloco: {warning}").ConfigureAwait(false);
            }

            Func<ITokenizer, TextReader, TextWriter, CancellationToken, Task> run =
                parsed.GetValue(decode) ? DecodeAsync : RunAsync;
            await run(choice.Tokenizer, console.In, console.Out, cancellationToken).ConfigureAwait(false);
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
        await EachLineAsync(
            input, output, (line, number) => JsonSerializer.Serialize(tokenizer.Encode(ParseLine(line, number))),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decodes every line until the input ends.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="input">One JSON array of ids a line; empty lines are passed over.</param>
    /// <param name="output">Gets one JSON string a line.</param>
    /// <param name="cancellationToken">Checked before each line.</param>
    /// <returns>When the input has ended.</returns>
    /// <exception cref="LlocoException">A line is not an array of the vocabulary's ids; the message says which.</exception>
    public static async Task DecodeAsync(
        ITokenizer tokenizer, TextReader input, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        await EachLineAsync(
            input, output, (line, number) => JsonSerializer.Serialize(DecodeLine(tokenizer, line, number)),
            cancellationToken).ConfigureAwait(false);
    }

    private static async Task EachLineAsync(
        TextReader input, TextWriter output, Func<string, int, string> convert, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        int number = 0;
        while (await input.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                await output.WriteLineAsync(convert(line, number).AsMemory(), cancellationToken).ConfigureAwait(false);
            }
        }

        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string DecodeLine(ITokenizer tokenizer, string line, int number)
    {
        try
        {
            return tokenizer.Decode(JsonSerializer.Deserialize<int[]>(line) ?? []);
        }
        catch (Exception error) when (error is JsonException or ArgumentOutOfRangeException)
        {
            throw new LlocoException(
                $"Line {number} of the input is not a JSON array of ids from 0 to {tokenizer.VocabularySize - 1}.", error);
        }
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
