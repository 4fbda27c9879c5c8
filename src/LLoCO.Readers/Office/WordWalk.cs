using System.Text;
using System.Xml;
using LLoCO.Readers.Archives;

namespace LLoCO.Readers.Office;

/// <summary>Goes through the nodes of a DOCX part and writes its text.</summary>
internal sealed class WordWalk(MarkdownText text, WordStyles styles, ReaderLimits limits, CancellationToken cancellationToken)
{
    // What was deleted or moved away with changes tracked, the second form of a drawing's text, and the codes of fields.
    private static readonly HashSet<string> Silent = new(StringComparer.Ordinal)
    {
        "del", "moveFrom", "Fallback", "instrText", "delText", "sectPr", "separator", "continuationSeparator",
    };

    private readonly StringBuilder _paragraph = new();
    private readonly List<string> _cells = [];
    private readonly StringBuilder _cell = new();
    private string? _style;
    private int? _level;
    private bool _listed;
    private int _tables;
    private bool _endedPage;

    // Whether the properties that are read are those of a paragraph, whose sign of its end may be hidden; and what a run says of itself.
    private bool _ofParagraph;
    private bool? _hidden;

    /// <summary>Writes a part.</summary>
    /// <param name="part">The part; closed here.</param>
    public void Write(Stream part)
    {
        using XmlReader reader = XmlParts.Open(part, limits);
        while (XmlParts.Next(reader, limits, cancellationToken))
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                Enter(reader);
            }
            else if (reader.NodeType == XmlNodeType.EndElement)
            {
                Leave(reader.LocalName);
            }
        }
    }

    private void Enter(XmlReader reader)
    {
        string name = reader.LocalName;
        if (Silent.Contains(name))
        {
            XmlParts.Pass(reader, limits, cancellationToken);
            return;
        }

        switch (name)
        {
            case "pStyle":
                _style = reader.GetAttribute("val", reader.NamespaceURI);
                break;
            case "outlineLvl":
                _level = WordStyles.ParseOutline(reader.GetAttribute("val", reader.NamespaceURI));
                break;
            case "numPr":
                _listed = true;
                break;
            case "pPr":
                _ofParagraph = !reader.IsEmptyElement;
                break;
            case "r":
                _hidden = null;
                break;
            case "rStyle" when !_ofParagraph && styles.IsHidden(reader.GetAttribute("val", reader.NamespaceURI)):
                _hidden ??= true;
                break;
            case "vanish" when !_ofParagraph:
                _hidden = WordStyles.IsOn(reader.GetAttribute("val", reader.NamespaceURI));
                break;
            case "t" when IsText(reader.NamespaceURI) && !reader.IsEmptyElement:
                Append(OfficeFile.ReadText(reader, limits, cancellationToken));
                break;
            case "tab":
                Append(" ");
                break;
            case "noBreakHyphen":
                Append("-");
                break;
            case "br" when reader.GetAttribute("type", reader.NamespaceURI) == "page":
            case "lastRenderedPageBreak":
                EndPage();
                break;
            case "br" or "cr":
                Append("\n");
                break;
            case "tbl":
                _tables += reader.IsEmptyElement ? 0 : 1;
                break;
        }
    }

    private void Leave(string name)
    {
        switch (name)
        {
            case "pPr":
                _ofParagraph = false;
                break;
            case "r":
                _hidden = null;
                break;
            case "p" when _tables > 0:
                _cell.Append(_cell.Length > 0 && _paragraph.Length > 0 ? " " : string.Empty).Append(_paragraph);
                Clear();
                break;
            case "p":
                FlushParagraph();
                break;
            case "tc" when _tables == 1:
                _cells.Add(MarkdownText.OneLine(_cell.ToString()));
                _cell.Clear();
                break;
            case "tr" when _tables == 1:
                text.AddLine(string.Join(" | ", _cells));
                _cells.Clear();
                break;
            case "tbl":
                _tables--;
                break;
        }
    }

    private static bool IsText(string schema) =>
        schema.Contains(OfficeFile.Word, StringComparison.Ordinal) || schema.EndsWith(OfficeFile.Math, StringComparison.Ordinal);

    private void Append(string part)
    {
        if (_hidden ?? styles.IsHidden(_style))
        {
            return;
        }

        _paragraph.Append(part);
        _endedPage &= string.IsNullOrWhiteSpace(part);
        if (_paragraph.Length > limits.MaxCharacters)
        {
            throw new UnreadableException($"has more than {limits.MaxCharacters:N0} characters of text. Cut it into documents first");
        }
    }

    // A page that ends by request is often followed by the mark of where it ended when it was last shown: the same end.
    private void EndPage()
    {
        if (_endedPage)
        {
            return;
        }

        if (_tables == 0)
        {
            FlushParagraph();
        }

        text.BeginPage();
        _endedPage = true;
    }

    private void FlushParagraph()
    {
        string paragraph = _paragraph.ToString();
        if ((_level ?? styles.LevelOf(_style)) is { } level)
        {
            text.AddHeading(level, paragraph);
        }
        else if (_listed && !string.IsNullOrWhiteSpace(paragraph))
        {
            text.AddLine("- " + paragraph.Trim());
        }
        else
        {
            text.AddParagraph(paragraph);
        }

        Clear();
    }

    private void Clear()
    {
        _paragraph.Clear();
        (_style, _level, _listed) = (null, null, false);
    }
}
