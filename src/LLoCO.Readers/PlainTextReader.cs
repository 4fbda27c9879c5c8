using LLoCO.Core;

namespace LLoCO.Readers;

/// <summary>Reads text: UTF-8, or UTF-16 or UTF-32 with a byte order mark.</summary>
internal sealed class PlainTextReader : IDocumentReader
{
    private const int HeadBytes = 512;

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
        try
        {
            return TextFile.Decode(content, "\0");
        }
        catch (LlocoException fault)
        {
            throw new UnreadableException(fault.Message.Replace("\0 ", string.Empty, StringComparison.Ordinal).TrimEnd('.'), fault);
        }
    }

    /// <summary>Refuses a file of another format where the rest is in an encoding of its own.</summary>
    /// <param name="content">Its bytes.</param>
    /// <exception cref="UnreadableException">It begins as such a file does.</exception>
    public static void EnsureText(ReadOnlySpan<byte> content)
    {
        // What is ASCII of its begin is text in every encoding but those of wider units, and says what the file is.
        ReadOnlySpan<byte> head = content[..Math.Min(content.Length, HeadBytes)];
        int end = head.IndexOfAnyExceptInRange((byte)1, (byte)0x7F);
        Decode(end < 0 ? head : head[..end]);
    }
}
