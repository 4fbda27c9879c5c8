using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization;

namespace LLoCO.Tool.Verbs;

/// <summary>Turns lines of text into lines of token ids, and back.</summary>
internal static class TokenizeRun
{
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
