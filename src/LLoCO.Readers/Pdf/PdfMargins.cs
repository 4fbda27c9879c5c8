using System.Globalization;
using System.Text.RegularExpressions;

namespace LLoCO.Readers.Pdf;

/// <summary>Removes headers and footers: single lines at the upper or lower edge that recur on pages, word by word, but for the number of
/// the page. A number counts as that only if it goes up with the pages and stands as page numbers do.</summary>
internal static partial class PdfMargins
{
    private const int LongestMargin = 120;
    private const int MinPages = 3;

    /// <summary>Leaves out the blocks of margins.</summary>
    /// <param name="pages">The blocks of each page.</param>
    /// <returns>The same pages, without them.</returns>
    public static IReadOnlyList<IReadOnlyList<PdfBlock>> Remove(IReadOnlyList<IReadOnlyList<PdfBlock>> pages)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string shape in pages.SelectMany((page, number) => page.SelectMany(block => Shapes(block, number)).Distinct()))
        {
            counts[shape] = counts.GetValueOrDefault(shape) + 1;
        }

        int least = Math.Max(MinPages, (pages.Count + 1) / 2);
        HashSet<string> margins = [.. counts.Where(pair => pair.Value >= least).Select(pair => pair.Key)];
        return margins.Count == 0
            ? pages
            : [.. pages.Select((page, number) =>
                (IReadOnlyList<PdfBlock>)[.. page.Where(block => !Shapes(block, number).Any(margins.Contains))])];
    }

    // What a line has in common with those of other pages: its text, and its text with the distance of a page number to its page.
    private static IEnumerable<string> Shapes(PdfBlock block, int page)
    {
        if (!block.AtEdge || block.Lines.Count != 1 || block.Lines[0].Text is not { Length: <= LongestMargin } line)
        {
            yield break;
        }

        yield return line;
        foreach (Match match in Number().Matches(line))
        {
            Group number = match.Groups["number"];
            if (IsPageNumber(line, match))
            {
                int distance = int.Parse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) - page;
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"{line[..number.Index]}\0{distance}\0{line[(number.Index + number.Length)..]}");
            }
        }
    }

    // "Invoice 4711" and "Part 3" may count with the pages too; a page number stands alone, or behind its word or a bar.
    private static bool IsPageNumber(string line, Match match)
    {
        if (match.Groups["word"].Success)
        {
            return true;
        }

        string before = line[..match.Index].Trim(), after = line[(match.Index + match.Length)..].Trim();
        return (!before.Any(char.IsLetterOrDigit) || before[^1] is '|' or '·' or '•')
            && (!after.Any(char.IsLetterOrDigit) || after[0] is '|' or '·' or '•');
    }

    // The words for pages of some languages, and "3 of 12", "3/12".
    [GeneratedRegex(
        @"(?<![\d.,])(?<word>(?<!\p{L})(?:pages?|pg\.?|p\.|seite|s\.|página|pág\.?|pagina|pag\.?|sida|side|sivu|strona|str\.|strana|"
        + @"oldal|sayfa|страница|стр\.|с\.):?\s*|第\s*)?(?<!\d|\d[.,])(?<number>[0-9]{1,6})(?![0-9]|[.,][0-9])"
        + @"(?:\s*(?:/|of|von|de|di|sur|av|af|van|z|из)\s*[0-9]{1,6}(?![0-9]|[.,][0-9]))?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
