using LLoCO.Core;

namespace LLoCO.Readers;

/// <summary>Reads text: UTF-8, or UTF-16 or UTF-32 with a byte order mark.</summary>
internal sealed class PlainTextReader : IDocumentReader
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".txt", ".text", ".log", ".rst"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken) =>
        Decode(content.Span, limits);

    /// <summary>Decodes text strictly.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="limits">How long it may be.</param>
    /// <exception cref="UnreadableException">It is no text, or too long.</exception>
    public static string Decode(ReadOnlySpan<byte> content, ReaderLimits limits)
    {
        string text;
        try
        {
            text = TextFile.Decode(content, "\0");
        }
        catch (LlocoException fault)
        {
            throw new UnreadableException(fault.Message.Replace("\0 ", string.Empty, StringComparison.Ordinal).TrimEnd('.'), fault);
        }

        return text.Length <= limits.MaxCharacters
            ? text
            : throw new UnreadableException($"has more than {limits.MaxCharacters:N0} characters of text. Cut it into documents first");
    }
}
