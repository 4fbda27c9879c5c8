using System.Globalization;
using System.Net;
using System.Text;
using LLoCO.Evaluation.Needles;

namespace LLoCO.Tool.Reports;

/// <summary>Heat maps of a needle grid as tables of one page; it needs no font where it is made.</summary>
internal static class NeedlePage
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1c1c1e; --faint: #6b6b70; --paper: #ffffff; }
        @media (prefers-color-scheme: dark) { :root { --ink: #ececee; --faint: #a0a0a6; --paper: #1a1a1c; } }
        body { margin: 2rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        main { display: flex; flex-wrap: wrap; gap: 2rem; } p { color: var(--faint); }
        h2 { font-size: 1rem; } table { border-collapse: collapse; font-size: 0.8rem; font-variant-numeric: tabular-nums; }
        th { font-weight: 400; padding: 0.2rem 0.4rem; text-align: right; } tfoot th { text-align: center; }
        td { width: 2.4rem; height: 1.6rem; border: 1px solid var(--paper); }
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="tables">The rows.</param>
    /// <param name="nativeWindow">The model's native window.</param>
    public static string Create(NeedleGrid grid, IReadOnlyList<NeedleTable> tables, int nativeWindow)
    {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Append("<title>Needles</title>\n<style>\n").Append(Style).Append("</style>\n</head>\n<body>\n<h1>Needles</h1>\n<p>");
        page.Append("Rows: depth of the needle. Columns: tokens of the document, native window ")
            .Append(CultureInfo.InvariantCulture, $"{nativeWindow:#,0}. Green: found.</p>\n<main>\n");
        foreach (NeedleTable table in tables)
        {
            AddTable(page, grid, table);
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void AddTable(StringBuilder page, NeedleGrid grid, NeedleTable table)
    {
        page.Append("<section>\n<h2>").Append(WebUtility.HtmlEncode(NeedleText.Title(table)))
            .Append("</h2>\n<table>\n<tbody>\n");
        for (int depth = 0; depth < grid.Depths.Count; depth++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{100 * grid.Depths[depth]:F0} %</th>");
            for (int length = 0; length < grid.Lengths.Count; length++)
            {
                double? score = table.Score(length, depth);
                page.Append("<td style=\"background:").Append(NeedlePicture.ColourOf(score).ToHex()).Append("\" ")
                    .Append(CultureInfo.InvariantCulture, $"title=\"{grid.Lengths[length]} tokens: {score:P0}\"></td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n<tfoot><tr><th></th>")
            .AppendJoin(string.Empty, grid.Lengths.Select(length => $"<th>{NeedleText.Length(length)}</th>"))
            .Append("</tr></tfoot>\n</table>\n</section>\n");
    }
}
