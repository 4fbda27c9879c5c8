using LLoCO.Readers.Archives;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Exceptions;

namespace LLoCO.Readers.Pdf;

/// <summary>
/// Reads PDF: the text blocks of each page in reading order, words that were hyphenated at line ends joined, headings from the
/// bookmarks and the sizes of letters, without headers and footers that recur.
/// </summary>
internal sealed class PdfReader : IDocumentReader
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".pdf"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
    {
        var filters = new BoundedFilters(limits, cancellationToken);
        try
        {
            using PdfDocument document = PdfDocument.Open(
                ZipGuard.ToStream(content),
                new ParsingOptions
                {
                    UseLenientParsing = true, SkipMissingFonts = true, MaxStackDepth = limits.MaxDepth, FilterProvider = filters,
                });
            return Read(document, filters, limits, cancellationToken);
        }
        catch (PdfDocumentEncryptedException fault)
        {
            throw new UnreadableException("is protected by a password. Save a copy without one", fault);
        }
        catch (Exception) when (filters.Exceeded is { } exceeded)
        {
            throw exceeded;
        }
    }

    private static string Read(
        PdfDocument document, BoundedFilters filters, ReaderLimits limits, CancellationToken cancellationToken)
    {
        if (document.NumberOfPages > limits.MaxPages)
        {
            throw new UnreadableException($"has {document.NumberOfPages:N0} pages; at most {limits.MaxPages:N0} are read");
        }

        var pages = new List<IReadOnlyList<PdfBlock>>();
        long characters = 0;
        for (int number = 1; number <= document.NumberOfPages; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<PdfBlock> blocks = PdfPageText.Read(document.GetPage(number));
            filters.ThrowIfExceeded();
            characters += blocks.Sum(block => block.Lines.Sum(line => (long)line.Text.Length + 1));
            if (characters > limits.MaxCharacters)
            {
                throw new UnreadableException($"has more than {limits.MaxCharacters:N0} characters of text. Cut it into documents first");
            }

            pages.Add(blocks);
        }

        if (characters == 0)
        {
            throw new UnreadableException("holds no text: its pages may be pictures. Run text recognition (OCR) over it first");
        }

        return Write(PdfMargins.Remove(pages), PdfHeadings.Find(document, pages), limits, cancellationToken);
    }

    private static string Write(
        IReadOnlyList<IReadOnlyList<PdfBlock>> pages, PdfHeadings headings, ReaderLimits limits, CancellationToken cancellationToken)
    {
        var text = new MarkdownText(limits, cancellationToken);
        for (int page = 0; page < pages.Count; page++)
        {
            if (page > 0)
            {
                text.BeginPage();
            }

            foreach (PdfBlock block in pages[page])
            {
                int taken = 0;
                if (headings.LevelOf(page + 1, block, out int lines) is { } level)
                {
                    taken = lines;
                    text.AddHeading(level, PdfBlock.Join(block.Lines.Take(taken)));
                }

                text.AddParagraph(PdfBlock.Join(block.Lines.Skip(taken)));
            }
        }

        return text.Complete();
    }
}
