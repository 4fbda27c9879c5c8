using System.Text;

namespace LLoCO.Readers.Pdf;

/// <summary>Removes headers and footers: short lines that recur at the top or bottom of pages, numbers in them aside.</summary>
internal static class PdfMargins
{
    private const int LongestMargin = 120;
    private const int MinPages = 3;

    /// <summary>Leaves out the blocks of margins.</summary>
    /// <param name="pages">The blocks of each page.</param>
    /// <returns>The same pages, without them.</returns>
    public static IReadOnlyList<IReadOnlyList<PdfBlock>> Remove(IReadOnlyList<IReadOnlyList<PdfBlock>> pages)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string shape in pages.SelectMany(page => Ends(page).Select(Shape).OfType<string>().Distinct()))
        {
            counts[shape] = counts.GetValueOrDefault(shape) + 1;
        }

        int least = Math.Max(MinPages, (pages.Count + 1) / 2);
        HashSet<string> margins = [.. counts.Where(pair => pair.Value >= least).Select(pair => pair.Key)];
        return margins.Count == 0
            ? pages
            : [.. pages.Select(page => (IReadOnlyList<PdfBlock>)[.. page.Where(
                (block, place) => !(place == 0 || place >= page.Count - 2) || Shape(block) is not { } shape || !margins.Contains(shape))])];
    }

    private static IEnumerable<PdfBlock> Ends(IReadOnlyList<PdfBlock> page) =>
        page.Where((_, place) => place == 0 || place >= page.Count - 2);

    private static string? Shape(PdfBlock block)
    {
        if (block.Lines.Count != 1 || block.Lines[0].Text.Length > LongestMargin)
        {
            return null;
        }

        var shape = new StringBuilder();
        foreach (char sign in block.Lines[0].Text)
        {
            if (!char.IsDigit(sign))
            {
                shape.Append(sign);
            }
            else if (shape.Length == 0 || shape[^1] != '#')
            {
                shape.Append('#');
            }
        }

        return shape.ToString();
    }
}
