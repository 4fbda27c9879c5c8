using System.Text;
using System.Xml;
using LLoCO.Readers.Archives;

namespace LLoCO.Readers.Office;

/// <summary>A shape of a slide with its text.</summary>
/// <param name="Kind">What it holds the place of: "title", "body", "sldNum"; <see langword="null"/> for a shape of its own.</param>
/// <param name="Lines">Its paragraphs, and the rows of a table.</param>
internal sealed record SlideShape(string? Kind, IReadOnlyList<string> Lines)
{
    /// <summary>Gets whether it is the slide's title.</summary>
    public bool IsTitle => Kind is "title" or "ctrTitle";

    /// <summary>Gets whether it repeats on each slide.</summary>
    public bool IsMargin => Kind is "sldNum" or "dt" or "ftr" or "hdr" or "sldImg";

    /// <summary>Reads the shapes of a slide.</summary>
    /// <param name="part">The slide; closed here.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static IReadOnlyList<SlideShape> Read(Stream part, ReaderLimits limits, CancellationToken cancellationToken)
    {
        var shapes = new List<SlideShape>();
        var lines = new List<string>();
        var cells = new List<string>();
        var line = new StringBuilder();
        string? kind = null;
        bool inCell = false;
        using XmlReader reader = XmlParts.Open(part, limits);
        while (XmlParts.Next(reader, limits, cancellationToken))
        {
            bool begins = reader.NodeType == XmlNodeType.Element;
            if (!begins && reader.NodeType != XmlNodeType.EndElement)
            {
                continue;
            }

            switch (reader.LocalName)
            {
                case "Fallback" when begins:
                    XmlParts.Pass(reader, limits, cancellationToken);
                    break;
                case "sp" or "graphicFrame" when begins:
                    kind = null;
                    break;
                case "ph" when begins:
                    kind = reader.GetAttribute("type") ?? "body";
                    break;
                case "t" when begins && reader.NamespaceURI.Contains(OfficeFile.Drawing, StringComparison.Ordinal) && !reader.IsEmptyElement:
                    line.Append(OfficeFile.ReadText(reader, limits, cancellationToken));
                    break;
                case "tc":
                    inCell = begins && !reader.IsEmptyElement;
                    if (!inCell)
                    {
                        cells.Add(Taken(line, MarkdownText.OneLine));
                    }

                    break;
                case "br" when begins:
                case "p" when !begins && inCell:
                    line.Append(' ');
                    break;
                case "p" when !begins:
                    Take(lines, Taken(line, text => text));
                    break;
                case "tr" when !begins:
                    Take(lines, string.Join(" | ", cells));
                    cells.Clear();
                    break;
                case "sp" or "graphicFrame":
                    shapes.Add(new SlideShape(kind, [.. lines]));
                    lines.Clear();
                    break;
            }
        }

        return shapes;
    }

    private static string Taken(StringBuilder line, Func<string, string> change)
    {
        string text = change(line.ToString());
        line.Clear();
        return text;
    }

    private static void Take(List<string> lines, string line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            lines.Add(line.Trim());
        }
    }
}
