namespace LLoCO.Readers;

/// <summary>What a file may hold at most. Files come from anywhere, and a small one can unpack to many gigabytes.</summary>
public sealed record ReaderLimits
{
    /// <summary>Gets the most bytes of a file.</summary>
    /// <value>64 MiB by default, as for text files of <see cref="Core.SourceDocument"/>.</value>
    public int MaxBytes { get; init; } = 64 << 20;

    /// <summary>Gets the most characters of the text that is read from a file.</summary>
    /// <value>32 Mi by default: about 8 million tokens, some 20,000 pages.</value>
    public int MaxCharacters { get; init; } = 32 << 20;

    /// <summary>Gets the most bytes that the compressed parts of a file unpack to, all together.</summary>
    /// <value>512 MiB by default. Applies to DOCX, PPTX, EPUB and PDF.</value>
    public long MaxUnpackedBytes { get; init; } = 512L << 20;

    /// <summary>Gets the most bytes that one byte of a compressed part of more than 1 MiB may unpack to.</summary>
    /// <value>200 by default: text packs to about a fifth, a table of equal cells to a hundredth.</value>
    public int MaxRatio { get; init; } = 200;

    /// <summary>Gets the most parts of a file that is an archive.</summary>
    /// <value>10,000 by default. Applies to DOCX, PPTX and EPUB.</value>
    public int MaxEntries { get; init; } = 10_000;

    /// <summary>Gets the most pages of a file.</summary>
    /// <value>10,000 by default. Applies to PDF, and to the slides of PPTX.</value>
    public int MaxPages { get; init; } = 10_000;

    /// <summary>Gets how deep the parts of a document may be nested: elements, objects, quotes, messages.</summary>
    /// <value>128 by default.</value>
    public int MaxDepth { get; init; } = 128;

    /// <summary>Gets the most time that a file takes.</summary>
    /// <value>2 minutes by default. A reader that does not notice the end of its time goes on for a while, but nothing waits for it.</value>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromMinutes(2);
}
