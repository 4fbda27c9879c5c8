namespace LLoCO.Readers;

/// <summary>Reads one format. Implementations are safe for concurrent use.</summary>
/// <remarks>The text is Markdown as far as its structure goes: headings begin with <c>#</c>, table cells are separated by
/// <c>|</c>, and a form feed (U+000C) stands between two pages. A source of an answer gets its page and heading from these.</remarks>
public interface IDocumentReader
{
    /// <summary>Gets the endings of the names of its files, in lower case with their dot, such as <c>.pdf</c>.</summary>
    IReadOnlyCollection<string> Extensions { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="content">All its bytes, at most <see cref="ReaderLimits.MaxBytes"/>.</param>
    /// <param name="limits">What the file may hold. The reader refuses more; it never cuts a document short.</param>
    /// <param name="cancellationToken">Checked often: it also ends a file that takes longer than <see cref="ReaderLimits.MaxTime"/>.</param>
    /// <returns>The text.</returns>
    /// <remarks>Any exception but a cancellation makes the file unreadable. Its message is shown behind the file's name.</remarks>
    string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken);
}
