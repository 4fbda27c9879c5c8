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
        string text = Decode(content);
        return text.Length <= limits.MaxCharacters
            ? text
            : throw new UnreadableException($"has more than {limits.MaxCharacters:N0} characters of text. Cut it into documents first");
    }

    /// <summary>Decodes text strictly, of any length.</summary>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="UnreadableException">It is no text.</exception>
    public static string Decode(ReadOnlySpan<byte> content)
    {
        EnsureText(content);
        try
        {
            return TextFile.Decode(content, "\0");
        }
        catch (LlocoException fault)
        {
            throw new UnreadableException(fault.Message.Replace("\0 ", string.Empty, StringComparison.Ordinal).TrimEnd('.'), fault);
        }
    }

    /// <summary>Refuses what can be decoded, but is a file of another format.</summary>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="UnreadableException">It begins as such a file does.</exception>
    public static void EnsureText(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> begin = content is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : content;
        begin = begin.TrimStart(" \t\r\n"u8);
        if (begin.StartsWith("%PDF-"u8))
        {
            throw new UnreadableException("is a PDF file, not what its ending says. Give it the ending .pdf");
        }

        if (begin.StartsWith("{\\rtf1"u8))
        {
            throw new UnreadableException("is an RTF file, not what its ending says. Save it as .docx or text first");
        }
    }
}
