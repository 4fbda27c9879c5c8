using UglyToad.PdfPig;
using UglyToad.PdfPig.Outline;

namespace LLoCO.Readers.Pdf;

/// <summary>Tells which lines of a document are headings: those that its bookmarks name, and short ones in larger letters than the
/// text.</summary>
internal sealed class PdfHeadings
{
    private const double LargerThanText = 1.15;
    private const int LongestHeading = 150;
    private const int MaxLines = 3;
    private const int Levels = 4;
    private const int MaxBookmarks = 10_000;

    private readonly double _text;
    private readonly double[] _sizes;
    private readonly Dictionary<int, Dictionary<string, int>> _bookmarks = [];

    private PdfHeadings(double text, double[] sizes)
    {
        _text = text;
        _sizes = sizes;
    }

    /// <summary>Finds how headings of a document look.</summary>
    /// <param name="document">The document, for its bookmarks.</param>
    /// <param name="pages">The blocks of its pages.</param>
    public static PdfHeadings Find(PdfDocument document, IReadOnlyList<IReadOnlyList<PdfBlock>> pages)
    {
        var lengths = new Dictionary<double, long>();
        foreach (PdfLine line in pages.SelectMany(page => page).SelectMany(block => block.Lines))
        {
            lengths[line.Size] = lengths.GetValueOrDefault(line.Size) + line.Text.Length;
        }

        double text = lengths.OrderByDescending(pair => pair.Value).Select(pair => pair.Key).FirstOrDefault();
        var headings = new PdfHeadings(
            text, [.. lengths.Keys.Where(size => size >= text * LargerThanText).OrderDescending()]);
        if (document.TryGetBookmarks(out Bookmarks? bookmarks))
        {
            foreach (DocumentBookmarkNode node in bookmarks.GetNodes().OfType<DocumentBookmarkNode>().Take(MaxBookmarks))
            {
                if (!headings._bookmarks.TryGetValue(node.PageNumber, out Dictionary<string, int>? titles))
                {
                    headings._bookmarks[node.PageNumber] = titles = new Dictionary<string, int>(StringComparer.Ordinal);
                }

                titles.TryAdd(Letters(node.Title), node.Level + 1);
            }
        }

        return headings;
    }

    /// <summary>Tells whether a block begins with a heading.</summary>
    /// <param name="page">Its page, from 1.</param>
    /// <param name="block">The block.</param>
    /// <param name="lines">The lines that are the heading.</param>
    /// <returns>The level; <see langword="null"/> if it begins with none.</returns>
    public int? LevelOf(int page, PdfBlock block, out int lines)
    {
        if (_bookmarks.TryGetValue(page, out Dictionary<string, int>? titles))
        {
            for (lines = 1; lines <= Math.Min(MaxLines, block.Lines.Count); lines++)
            {
                if (titles.TryGetValue(Letters(PdfBlock.Join(block.Lines.Take(lines))), out int level))
                {
                    return level;
                }
            }
        }

        double size = block.Lines[0].Size;
        lines = block.Lines.TakeWhile(line => line.Size == size).Count();
        bool large = _text > 0 && size >= _text * LargerThanText && lines <= MaxLines
            && block.Lines.Take(lines).Sum(line => line.Text.Length) <= LongestHeading
            && block.Lines[0].Text.Any(char.IsLetter);
        return large ? Math.Min(Levels, Array.IndexOf(_sizes, size) + 1) : null;
    }

    private static string Letters(string title) => string.Concat(title.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
