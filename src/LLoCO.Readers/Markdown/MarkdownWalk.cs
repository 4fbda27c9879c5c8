using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LLoCO.Readers.Html;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace LLoCO.Readers.Markdown;

/// <summary>Writes the text of a parsed Markdown document. Markdig bounds how deep one is nested.</summary>
internal sealed partial class MarkdownWalk(MarkdownText text, ReaderLimits limits, CancellationToken cancellationToken)
{
    private string _mark = string.Empty;

    /// <summary>Writes blocks.</summary>
    /// <param name="blocks">The document, or a block that holds others.</param>
    public void Write(ContainerBlock blocks)
    {
        for (int place = 0; place < blocks.Count; place++)
        {
            // An empty line ends a block of HTML, but not the table that stands in it.
            if (blocks[place] is HtmlBlock html)
            {
                var lines = new StringBuilder(html.Lines.ToString());
                while (place + 1 < blocks.Count && blocks[place + 1] is HtmlBlock next)
                {
                    lines.Append('\n').Append(next.Lines.ToString());
                    place++;
                }

                WriteHtml(lines.ToString());
            }
            else
            {
                Write(blocks[place]);
            }
        }
    }

    private void Write(Block block)
    {
        switch (block)
        {
            case YamlFrontMatterBlock or ThematicBreakBlock or LinkReferenceDefinitionGroup:
                break;
            case HeadingBlock heading:
                text.AddHeading(heading.Level, Text(heading.Inline));
                break;
            case CodeBlock code:
                text.AddCode(code.Lines.ToString());
                break;
            case Table table:
                WriteTable(table);
                break;
            case ListBlock list:
                WriteList(list);
                break;
            case LeafBlock { Inline: { } inline }:
                WriteParagraph(Text(inline));
                break;
            case ContainerBlock inner:
                Write(inner);
                break;
        }
    }

    private void WriteParagraph(string paragraph)
    {
        if (_mark.Length > 0)
        {
            text.AddLine(_mark + paragraph);
            _mark = string.Empty;
        }
        else
        {
            text.AddParagraph(paragraph);
        }
    }

    private void WriteList(ListBlock list)
    {
        int number = int.TryParse(list.OrderedStart, CultureInfo.InvariantCulture, out int start) ? start : 1;
        foreach (ListItemBlock item in list.OfType<ListItemBlock>())
        {
            _mark = list.IsOrdered ? string.Create(CultureInfo.InvariantCulture, $"{number++}. ") : "- ";
            Write(item);
        }

        _mark = string.Empty;
    }

    private void WriteTable(Table table)
    {
        foreach (TableRow row in table.OfType<TableRow>())
        {
            text.AddLine(string.Join(" | ", row.OfType<TableCell>().Select(
                cell => MarkdownText.OneLine(string.Join(' ', cell.OfType<LeafBlock>().Select(block => Text(block.Inline)))))));
        }
    }

    private void WriteHtml(string html)
    {
        // Rows of a table that began in an earlier block: alone, they would lose their tags.
        string table = FirstTag().Match(html).Groups["name"].Value.ToUpperInvariant() switch
        {
            "TR" or "TBODY" or "THEAD" or "TFOOT" or "CAPTION" => "<table>",
            "TD" or "TH" => "<table><tr>",
            _ => string.Empty,
        };
        HtmlReader.Write(table + html, text, limits, wholePage: true, cancellationToken);
    }

    private static string Text(ContainerInline? inlines)
    {
        var written = new StringBuilder();
        Append(written, inlines);
        return written.ToString();
    }

    private static void Append(StringBuilder written, ContainerInline? inlines)
    {
        for (Inline? inline = inlines?.FirstChild; inline is not null; inline = inline.NextSibling)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    written.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    written.Append(code.Content);
                    break;
                case LineBreakInline line:
                    written.Append(line.IsHard ? '\n' : ' ');
                    break;
                case HtmlInline { Tag: var tag } when TagName().Match(tag) is { Success: true } match && EndsWords(match.Groups["name"].Value):
                    written.Append('\n');
                    break;
                case AutolinkInline link:
                    written.Append(link.Url);
                    break;
                case HtmlEntityInline sign:
                    written.Append(sign.Transcoded.AsSpan());
                    break;
                case DelimiterInline mark:
                    written.Append(mark.ToLiteral());
                    Append(written, mark);
                    break;
                case ContainerInline inner:
                    Append(written, inner);
                    break;
            }
        }
    }

    private static bool EndsWords(string tag) => tag.Equals("br", StringComparison.OrdinalIgnoreCase) || HtmlWalk.IsBlock(tag);

    [GeneratedRegex("^</?(?<name>[a-zA-Z][a-zA-Z0-9]*)")]
    private static partial Regex TagName();

    // Past comments and the ends of what was open.
    [GeneratedRegex(@"^(?:\s|<!--.*?-->|</[^>]*>)*<(?<name>[a-zA-Z][a-zA-Z0-9]*)", RegexOptions.Singleline)]
    private static partial Regex FirstTag();
}
