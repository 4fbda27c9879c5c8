using System.Globalization;
using System.Net;
using System.Text;

namespace LLoCO.Evaluation.Reports;

/// <summary>A report as one self-contained page.</summary>
internal static class HtmlReport
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1c1c1e; --faint: #6b6b70; --line: #d8d8dc; --paper: #ffffff; --band: #f4f4f6; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #ececee; --faint: #a0a0a6; --line: #3c3c40; --paper: #1a1a1c; --band: #242427; }
        }
        body { margin: 2rem auto; max-width: 66rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif;
          color: var(--ink); background: var(--paper); }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
        p, figcaption { color: var(--faint); } figure { margin: 1rem 0 2rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.88rem; }
        th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
        th { font-weight: 600; } th:first-child, td:first-child { text-align: left; } tbody tr:hover { background: var(--band); }
        svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--ink); } svg .small { fill: var(--faint); }
        svg .grid { stroke: var(--line); } svg .mark { stroke: var(--faint); stroke-dasharray: 4 4; }
        svg polyline { fill: none; stroke-width: 2; opacity: 0.75; }
        .legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; margin: 0.4rem 0; }
        .legend i { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 50%; margin-right: 0.4em; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; font-size: 0.85rem; }
        dd { margin: 0; overflow-wrap: anywhere; color: var(--faint); }
        """;

    /// <summary>Writes the page.</summary>
    /// <param name="content">What it shows.</param>
    public static string Create(ReportContent content)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<title>Evaluation</title>\n<style>\n").Append(Style).Append('\n');
        for (int i = 0; i < content.Table.Rows.Count; i++)
        {
            string colour = Colour(i);
            page.Append(CultureInfo.InvariantCulture, $".s{i} polyline, .s{i} line {{ stroke: {colour}; }}\n")
                .Append(CultureInfo.InvariantCulture, $".s{i} circle {{ fill: {colour}; }}\n")
                .Append(CultureInfo.InvariantCulture, $".legend .s{i} {{ background: {colour}; }}\n");
        }

        page.Append("</style>\n</head>\n<body>\n<h1>Evaluation</h1>\n<p>").Append(Opening(content)).Append("</p>\n");
        foreach (string metric in content.Table.Metrics.OrderByDescending(name => name == content.Metric))
        {
            page.Append("<h2>").Append(Encode(metric)).Append("</h2>\n<p>Mean with its 95 % interval (bootstrap).</p>\n");
            Table(page, content.Heads(metric), content.Scores(metric, "–"));
        }

        Charts(page, content);
        page.Append("<h2>Cost</h2>\n<p>Means per question.</p>\n");
        Table(
            page,
            ["data", "mode", "adapter", "questions", "document tokens", "in the decoder", "ratio", "s to first token",
                "s per token"],
            content.Cells().Select(MarkdownReport.Costs));
        page.Append("<h2>Warnings</h2>\n<p>Answers that are in doubt: the document or the question is not of the kind that the ")
            .Append("adapter reads, or the answer stands in no passage. Wrong is a score below one half by the first metric.</p>\n");
        Table(page, MarkdownReport.WarningHeads, content.Cells().Select(MarkdownReport.Warnings));
        page.Append("<h2>Paired differences to ").Append(Encode(content.Against))
            .Append("</h2>\n<p>In points, over the questions that both were asked. An interval without 0 is a difference that ")
            .Append("the choice of questions does not explain.</p>\n");
        Table(
            page,
            ["data", "mode", "questions", .. content.Table.Metrics],
            content.Differences().Select(difference => (IReadOnlyList<string>)
            [
                difference.Data.Length == 0 ? "all" : difference.Data, difference.Row,
                difference.Questions.ToString(CultureInfo.InvariantCulture),
                .. content.Table.Metrics.Select(metric => ReportText.Points(difference.Metrics[metric])),
            ]));
        page.Append("<h2>Settings</h2>\n<dl>\n");
        foreach ((string key, string value) in content.Settings)
        {
            page.Append("<dt>").Append(Encode(key)).Append("</dt><dd>").Append(Encode(value)).Append("</dd>\n");
        }

        return page.Append("</dl>\n</body>\n</html>\n").ToString();
    }

    private static string Opening(ReportContent content)
    {
        int questions = content.Table.DataSets.Sum(data => content.Table.Rows
            .Max(row => content.Table.Find(row, data) is { } cell ? cell.Questions + cell.LeftOut : 0));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{questions} questions in {content.Table.DataSets.Count} data set{(content.Table.DataSets.Count == 1 ? "" : "s")}, "
            + $"each asked in {content.Table.Rows.Count} ways; native window {content.NativeWindow:#,0} tokens.");
    }

    private static void Charts(StringBuilder page, ReportContent content)
    {
        if (content.Table.Rows.All(row => content.Table.ByLength(row).Count == 0))
        {
            return;
        }

        page.Append("<h2>Charts</h2>\n");
        foreach ((SvgChart chart, string caption) in new[]
        {
            (ReportCharts.ByLength(content), $"{content.Metric} against the length of the document."),
            (ReportCharts.ByDecoderTokens(content), $"{content.Metric} against what it takes: tokens in the decoder."),
            (ReportCharts.FirstToken(content), "Time to the first token against the length of the document. Summary "
                + "embeddings of a document are read once; later questions find them in the cache."),
        })
        {
            page.Append("<figure>\n<div class=\"legend\">");
            for (int i = 0; i < content.Table.Rows.Count; i++)
            {
                page.Append(CultureInfo.InvariantCulture, $"<span><i class=\"s{i}\"></i>{Encode(content.Table.Rows[i])}</span>");
            }

            page.Append("</div>\n").Append(chart).Append("<figcaption>").Append(Encode(caption))
                .Append("</figcaption>\n</figure>\n");
        }
    }

    private static void Table(StringBuilder page, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        page.Append("<div class=\"wide\"><table>\n<thead><tr>");
        foreach (string head in heads)
        {
            page.Append("<th>").Append(Encode(head)).Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<string> row in rows)
        {
            page.Append("<tr>").AppendJoin(string.Empty, row.Select(cell => $"<td>{Encode(cell)}</td>")).Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static string Colour(int number) => SvgChart.Colours[number % SvgChart.Colours.Length];

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
