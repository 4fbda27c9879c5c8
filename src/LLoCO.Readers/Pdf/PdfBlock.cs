using System.Text;

namespace LLoCO.Readers.Pdf;

/// <summary>A line of a page.</summary>
/// <param name="Text">Its words.</param>
/// <param name="Size">The size of most of its letters, in points, rounded to halves.</param>
internal readonly record struct PdfLine(string Text, double Size);

/// <summary>Lines that stand together on a page.</summary>
/// <param name="Lines">At least one.</param>
/// <param name="AtEdge">Whether they stand in the upper or lower tenth of the page.</param>
internal sealed record PdfBlock(IReadOnlyList<PdfLine> Lines, bool AtEdge)
{
    private const char SoftHyphen = '\u00AD';

    /// <summary>Joins lines to running text: a word that was hyphenated at the end of a line is put together.</summary>
    /// <param name="lines">The lines.</param>
    public static string Join(IEnumerable<PdfLine> lines)
    {
        var text = new StringBuilder();
        foreach (PdfLine line in lines)
        {
            string next = line.Text;
            if (text.Length > 1 && next.Length > 0 && char.IsLower(next[0]) && IsHyphen(text[^1]) && char.IsLower(text[^2]))
            {
                text.Length--;
            }
            else if (text.Length > 0)
            {
                text.Append(' ');
            }

            text.Append(next);
        }

        return text.Replace(SoftHyphen.ToString(), string.Empty).ToString();
    }

    private static bool IsHyphen(char sign) => sign is '-' or '\u2010' or SoftHyphen;
}
