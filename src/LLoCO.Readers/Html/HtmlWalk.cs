using System.Globalization;
using System.Text;
using AngleSharp.Dom;

namespace LLoCO.Readers.Html;

/// <summary>Goes through the elements of a page, without recursion, and writes their text.</summary>
/// <param name="text">Where the text goes.</param>
/// <param name="wholePage">Whether headers, footers and asides are text as well.</param>
/// <param name="cancellationToken">Checked at each node.</param>
internal sealed class HtmlWalk(MarkdownText text, bool wholePage, CancellationToken cancellationToken)
{
    private static readonly HashSet<string> Silent = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "audio", "video", "nav", "button",
        "select", "input", "textarea", "datalist", "dialog", "head", "title", "rp", "rt",
    };

    private static readonly HashSet<string> Margins = new(StringComparer.OrdinalIgnoreCase) { "header", "footer", "aside" };

    private static readonly HashSet<string> MarginRoles = new(StringComparer.OrdinalIgnoreCase)
    {
        "navigation", "banner", "contentinfo", "search", "complementary", "menu", "dialog",
    };

    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "div", "section", "article", "main", "body", "blockquote", "ul", "ol", "dl", "dt", "dd", "figure", "figcaption", "table",
        "thead", "tbody", "tfoot", "caption", "hr", "address", "form", "fieldset", "details", "summary", "header", "footer", "aside",
        "center", "hgroup", "legend",
    };

    private readonly StringBuilder _line = new();
    private readonly Stack<int> _numbers = new();
    private bool _inRow;
    private string _mark = string.Empty;

    /// <summary>Writes an element with all that is in it.</summary>
    /// <param name="root">The element.</param>
    public void Write(IElement root)
    {
        INode node = root;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool enters = Enter(node, root);
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

    private bool Enter(INode node, IElement root)
    {
        if (node is IText { Data: var data })
        {
            Append(data);
            return false;
        }

        if (node is not IElement element || (element != root && IsSilent(element)))
        {
            return false;
        }

        switch (element.LocalName)
        {
            case "br":
                _line.Append(_inRow ? ' ' : '\n');
                return false;
            case "img":
                Append(element.GetAttribute("alt") is { Length: > 1 } alt ? $" {alt} " : string.Empty);
                return false;
            case "pre":
                Flush();
                text.AddCode(element.TextContent);
                return false;
            case "tr":
                Flush();
                _inRow = true;
                break;
            case "td" or "th" when _line.Length > 0:
                _line.Append(" | ");
                break;
            case "li":
                Flush();
                _mark = _numbers.Count > 0 && _numbers.Peek() >= 0 ? NextNumber() : "- ";
                break;
            case "ol" or "ul":
                Flush();
                _numbers.Push(element.LocalName == "ol" ? 0 : -1);
                break;
            case var name when !_inRow && (Blocks.Contains(name) || IsHeading(name)):
                Flush();
                break;
            case var name when _inRow && Blocks.Contains(name):
                Append(" ");
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
        if (name == "tr")
        {
            _inRow = false;
            FlushLine();
        }
        else if (name == "li")
        {
            FlushLine();
        }
        else if (name is "ol" or "ul")
        {
            Flush();
            _numbers.TryPop(out _);
        }
        else if (!_inRow && IsHeading(name))
        {
            string title = _line.ToString();
            _line.Clear();
            text.AddHeading(name[1] - '0', title);
        }
        else if (!_inRow && Blocks.Contains(name))
        {
            Flush();
        }
    }

    private bool IsSilent(IElement element) => Silent.Contains(element.LocalName)
        || (!wholePage && Margins.Contains(element.LocalName) && !IsInArticle(element))
        || (!wholePage && element.GetAttribute("role") is { } role && MarginRoles.Contains(role))
        || element.HasAttribute("hidden")
        || string.Equals(element.GetAttribute("aria-hidden"), "true", StringComparison.OrdinalIgnoreCase)
        || element.GetAttribute("style")?.Replace(" ", string.Empty, StringComparison.Ordinal)
            .Contains("display:none", StringComparison.OrdinalIgnoreCase) == true;

    // The header of an article holds its title; that of a page its menus.
    private static bool IsInArticle(IElement element) =>
        element.LocalName == "header" && element.ParentElement?.LocalName is "article" or "main" or "section";

    private static bool IsHeading(string name) => name is ['h', >= '1' and <= '6'];

    private string NextNumber()
    {
        int next = _numbers.Pop() + 1;
        _numbers.Push(next);
        return string.Create(CultureInfo.InvariantCulture, $"{next}. ");
    }

    private void Append(string data)
    {
        foreach (char sign in data)
        {
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
