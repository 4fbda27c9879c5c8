using System.Text;
using AngleSharp.Dom;

namespace LLoCO.Readers.Html;

/// <summary>Goes through the elements of a page, without recursion, and writes their text.</summary>
/// <param name="text">Where the text goes.</param>
/// <param name="silence">What is no text.</param>
/// <param name="cancellationToken">Checked at each node.</param>
internal sealed class HtmlWalk(MarkdownText text, HtmlSilence silence, CancellationToken cancellationToken)
{
    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "div", "section", "article", "main", "body", "blockquote", "ul", "ol", "dl", "dt", "dd", "figure", "figcaption", "table",
        "thead", "tbody", "tfoot", "caption", "hr", "address", "form", "fieldset", "details", "summary", "header", "footer", "aside",
        "center", "hgroup", "legend", "menu", "dir", "td", "th", "tr", "li",
    };

    private const char SoftHyphen = '\u00AD';

    private readonly StringBuilder _line = new();
    private readonly HtmlLists _lists = new();
    private HtmlTable? _table;
    private string _mark = string.Empty;

    private bool InRow => _table is { InRow: true };

    /// <summary>Tells whether an element of a name begins and ends lines.</summary>
    /// <param name="name">The name, in any case.</param>
    public static bool IsBlock(string name) => Blocks.Contains(name) || IsHeading(name);

    /// <summary>Writes an element with all that is in it.</summary>
    /// <param name="root">The element.</param>
    public void Write(IElement root)
    {
        INode node = root;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool enters = Enter(node);
            if (enters && node.FirstChild is { } child)
            {
                node = child;
                continue;
            }

            if (enters)
            {
                Leave(node);
            }

            while (node != root && node.NextSibling is null)
            {
                node = node.Parent!;
                Leave(node);
            }

            if (node == root)
            {
                Flush();
                return;
            }

            node = node.NextSibling!;
        }
    }

    private bool Enter(INode node)
    {
        if (node is IText { Data: var data })
        {
            Append(data);
            return false;
        }

        if (node is not IElement element || silence.Covers(element))
        {
            return false;
        }

        string name = element.LocalName;
        switch (name)
        {
            case "br":
                _line.Append(InRow ? ' ' : '\n');
                return false;
            case "img":
                Append(element.GetAttribute("alt") is { Length: > 1 } alt ? $" {alt} " : string.Empty);
                return false;
            case "pre" when !InRow:
                Flush();
                text.AddCode(HtmlCode.Read(element, cancellationToken));
                return false;
            case "table" when _table is null && !HtmlTable.IsLayout(element):
                Flush();
                _table = new HtmlTable();
                break;
            case "tr" when _table is not null:
                Flush();
                _table.BeginRow();
                break;
            case "td" or "th" when InRow:
                _line.Clear();
                break;
            case "ol" or "ul":
                Break();
                _lists.Begin(element);
                break;
            case "li":
                Break();
                _mark = _lists.Mark(element);
                if (InRow)
                {
                    _line.Append(_mark.Length > 2 ? _mark : string.Empty);
                    _mark = string.Empty;
                }

                break;
            case var _ when IsBlock(name):
                Break();
                break;
        }

        return true;
    }

    private void Leave(INode node)
    {
        if (node is not IElement element)
        {
            return;
        }

        string name = element.LocalName;
        switch (name)
        {
            case "td" or "th" when InRow:
                _table!.Add(element, MarkdownText.OneLine(_line.ToString()));
                _line.Clear();
                break;
            case "tr" when _table is not null:
                AddRow(_table.EndRow());
                break;
            case "thead" or "tbody" or "tfoot":
                _table?.EndRows();
                break;
            case "table":
                Flush();
                _table = null;
                break;
            case "li":
                EndItem();
                break;
            case "ol" or "ul":
                Break();
                _lists.End();
                break;
            case var _ when IsHeading(name) && !InRow:
                string title = _line.ToString();
                _line.Clear();
                text.AddHeading(name[1] - '0', title);
                break;
            case var _ when IsBlock(name):
                Break();
                break;
        }
    }

    // Between blocks a paragraph ends; in a cell, a word.
    private void Break()
    {
        if (InRow)
        {
            Append(" ");
        }
        else
        {
            Flush();
        }
    }

    private void EndItem()
    {
        if (InRow)
        {
            Append(" ");
        }
        else
        {
            FlushLine();
            _mark = string.Empty;
        }
    }

    private void AddRow(string row)
    {
        _line.Clear();
        if (row.Length > 0)
        {
            text.AddLine(row);
        }
    }

    private static bool IsHeading(string name) => name is ['h', >= '1' and <= '6'];

    private void Append(string data)
    {
        foreach (char sign in data)
        {
            if (sign == SoftHyphen)
            {
                continue;
            }

            if (!char.IsWhiteSpace(sign) || sign == '\u00A0')
            {
                _line.Append(sign == '\u00A0' ? ' ' : sign);
            }
            else if (_line.Length > 0 && _line[^1] is not (' ' or '\n'))
            {
                _line.Append(' ');
            }
        }
    }

    private void Flush()
    {
        if (_mark.Length > 0)
        {
            FlushLine();
            return;
        }

        text.AddParagraph(_line.ToString());
        _line.Clear();
    }

    private void FlushLine()
    {
        string line = _line.ToString().Trim();
        _line.Clear();
        if (line.Length > 0)
        {
            text.AddLine(_mark + line);
            _mark = string.Empty;
        }
    }
}
