using System.Globalization;
using System.Text;
using LLoCO.Readers.Html;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace LLoCO.Readers.Markdown;

/// <summary>Writes the text of a parsed Markdown document. Markdig bounds how deep one is nested.</summary>
internal sealed class MarkdownWalk(MarkdownText text, ReaderLimits limits, CancellationToken cancellationToken)
{
    private string _mark = string.Empty;

    /// <summary>Writes blocks.</summary>
    /// <param name="blocks">The document, or a block that holds others.</param>
    public void Write(ContainerBlock blocks)
    {
        foreach (Block block in blocks)
        {
            Write(block);
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
            case HtmlBlock html:
                WriteHtml(html.Lines.ToString());
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
        if (!html.StartsWith("<!--", StringComparison.Ordinal))
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(html));
            HtmlReader.Write(stream, text, limits, wholePage: true, cancellationToken);
        }
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
}
