using System.Globalization;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using LLoCO.Readers.Archives;

namespace LLoCO.Readers.Office;

/// <summary>The heading levels of the styles of a DOCX file, and which of them hide text. The ids of styles are translated,
/// their names are not.</summary>
internal sealed class WordStyles
{
    private const int MaxParents = 16;

    private readonly Dictionary<string, Style> _styles = new(StringComparer.Ordinal);

    /// <summary>Reads the styles.</summary>
    /// <param name="part">Their part, if there is one.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static WordStyles Read(StyleDefinitionsPart? part, ReaderLimits limits, CancellationToken cancellationToken)
    {
        var styles = new WordStyles();
        if (part is null)
        {
            return styles;
        }

        using XmlReader reader = XmlParts.Open(part.GetStream(), limits);
        Style? style = null;
        while (XmlParts.Next(reader, limits, cancellationToken))
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            string? value = reader.GetAttribute("val", reader.NamespaceURI);
            switch (reader.LocalName)
            {
                case "style":
                    style = new Style();
                    styles._styles[reader.GetAttribute("styleId", reader.NamespaceURI) ?? string.Empty] = style;
                    break;
                case "name" when style is not null:
                    style.Level ??= LevelOfName(value);
                    break;
                case "basedOn" when style is not null:
                    style.Parent = value;
                    break;
                case "vanish" when style is not null:
                    style.Hidden ??= IsOn(value);
                    break;
                case "outlineLvl" when style is not null:
                    style.Level ??= ParseOutline(value);
                    break;
            }
        }

        return styles;
    }

    /// <summary>Gets the heading level of a style.</summary>
    /// <param name="id">The style.</param>
    /// <returns>1 to 9; <see langword="null"/> for text.</returns>
    public int? LevelOf(string? id)
    {
        for (int parents = 0; id is not null && parents < MaxParents && _styles.TryGetValue(id, out Style? style); parents++)
        {
            if (style.Level is { } level)
            {
                return level;
            }

            id = style.Parent;
        }

        return id is not null && _styles.Count == 0 ? LevelOfName(id) : null;
    }

    /// <summary>Tells whether text of a style is hidden.</summary>
    /// <param name="id">The style.</param>
    public bool IsHidden(string? id)
    {
        for (int parents = 0; id is not null && parents < MaxParents && _styles.TryGetValue(id, out Style? style); parents++)
        {
            if (style.Hidden is { } hidden)
            {
                return hidden;
            }

            id = style.Parent;
        }

        return false;
    }

    /// <summary>Reads a property that is on unless its value says otherwise.</summary>
    /// <param name="value">The attribute, if there is one.</param>
    public static bool IsOn(string? value) => value is not ("0" or "false" or "off");

    /// <summary>Reads an outline level, which counts from 0; 9 is text.</summary>
    /// <param name="value">The attribute.</param>
    public static int? ParseOutline(string? value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int level) && level < 9 ? level + 1 : null;

    private static int? LevelOfName(string? name)
    {
        string plain = (name ?? string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal);
        return plain.Equals("title", StringComparison.OrdinalIgnoreCase) ? 1
            : plain.Length == 8 && plain.StartsWith("heading", StringComparison.OrdinalIgnoreCase) && plain[7] is >= '1' and <= '9'
                ? plain[7] - '0' : null;
    }

    private sealed class Style
    {
        public int? Level { get; set; }

        public bool? Hidden { get; set; }

        public string? Parent { get; set; }
    }
}
