using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.DocumentLayoutAnalysis;
using UglyToad.PdfPig.DocumentLayoutAnalysis.PageSegmenter;
using UglyToad.PdfPig.DocumentLayoutAnalysis.WordExtractor;

namespace LLoCO.Readers.Pdf;

/// <summary>Finds the blocks of a page in the order in which they are read: columns one after the other.</summary>
internal static class PdfPageText
{
    // Words are found among all letters: beyond this, pages are drawings or made to be slow, and their letters are taken as they come.
    private const int MaxLetters = 50_000;

    // The part of a page's height, above and below, where headers and footers stand.
    private const double Edge = 0.1;

    /// <summary>Reads a page.</summary>
    /// <param name="page">The page.</param>
    public static IReadOnlyList<PdfBlock> Read(Page page)
    {
        if (page.Letters.Count is 0 or > MaxLetters)
        {
            return page.Text.Trim() is { Length: > 0 } plain ? [new PdfBlock([new PdfLine(MarkdownText.OneLine(plain), 0)], AtEdge: false)] : [];
        }

        Word[] words = [.. page.GetWords(NearestNeighbourWordExtractor.Instance).Where(word => !string.IsNullOrWhiteSpace(word.Text))];
        if (words.Length == 0)
        {
            return [];
        }

        return [.. PdfReadingOrder.Order(DocstrumBoundingBoxes.Instance.GetBlocks(words))
            .Select(block => new PdfBlock(
                [.. Lines(block).Where(line => line.Text.Length > 0)],
                block.BoundingBox.Bottom > page.Height * (1 - Edge) || block.BoundingBox.Top < page.Height * Edge))
            .Where(block => block.Lines.Count > 0)];
    }

    // Of short lines, the analysis takes the words for lines, which the order of reading must not.
    private static IEnumerable<PdfLine> Lines(TextBlock block)
    {
        if (!RightToLeft.IsIn(block.Text) || block.TextLines.Any(line => line.TextOrientation != TextOrientation.Horizontal))
        {
            return block.TextLines.Select(line => Line(line.Words, line.Text));
        }

        var lines = new List<List<Word>>();
        TextLine? last = null;
        foreach (TextLine line in block.TextLines)
        {
            if (last is null || Math.Abs(last.BoundingBox.Centroid.Y - line.BoundingBox.Centroid.Y) > line.BoundingBox.Height / 2)
            {
                lines.Add([]);
            }

            lines[^1].AddRange(line.Words);
            last = line;
        }

        return lines.Select(words => Line(words, RightToLeft.Read(words)));
    }

    private static PdfLine Line(IReadOnlyList<Word> words, string text)
    {
        double size = words.SelectMany(word => word.Letters).GroupBy(letter => Math.Round(letter.PointSize * 2) / 2)
            .OrderByDescending(letters => letters.Count()).First().Key;
        return new PdfLine(MarkdownText.OneLine(text), size);
    }
}
