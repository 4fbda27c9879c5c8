using System.Text;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using LLoCO.Readers.Archives;

namespace LLoCO.Readers.Office;

/// <summary>Opens Office files within limits.</summary>
internal static class OfficeFile
{
    /// <summary>Stands in the name of the schema of text in DOCX, in its strict form too.</summary>
    public const string Word = "wordprocessingml";

    /// <summary>Stands in the name of the schema of text in PPTX.</summary>
    public const string Drawing = "drawingml";

    /// <summary>Ends the name of the schema of equations, in its strict form too.</summary>
    public const string Math = "/math";

    // The beginning of a compound file: what Office wraps a file with a password into, and its formats before 2007.
    private static readonly byte[] Compound = [0xD0, 0xCF, 0x11, 0xE0];

    /// <summary>Checks a file and opens it.</summary>
    /// <param name="content">The file.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="open">Opens it.</param>
    /// <exception cref="UnreadableException">It is protected, damaged, or exceeds a limit.</exception>
    public static TPackage Open<TPackage>(
        ReadOnlyMemory<byte> content, ReaderLimits limits, Func<Stream, OpenSettings, TPackage> open)
        where TPackage : OpenXmlPackage
    {
        if (content.Span.StartsWith(Compound))
        {
            throw new UnreadableException("is protected by a password, or in the format of Office before 2007. Save it in today's format "
                + "without one");
        }

        ZipGuard.Check(content, limits);
        return open(ZipGuard.ToStream(content), new OpenSettings { AutoSave = false, MaxCharactersInPart = limits.MaxUnpackedBytes });
    }

    /// <summary>Reads the text of an element, up to its end: all of its pieces, of which sections of CDATA are others.</summary>
    /// <param name="reader">The reader, at the beginning of the element, which is not empty.</param>
    /// <param name="limits">Bounds the depth.</param>
    /// <param name="cancellationToken">Checked at each node.</param>
    public static string ReadText(XmlReader reader, ReaderLimits limits, CancellationToken cancellationToken)
    {
        int depth = reader.Depth;
        string text = string.Empty;
        StringBuilder? all = null;
        while (XmlParts.Next(reader, limits, cancellationToken) && (reader.Depth > depth || reader.NodeType != XmlNodeType.EndElement))
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
            {
                all = text.Length > 0 ? (all ?? new StringBuilder(text)).Append(reader.Value) : all;
                text = text.Length > 0 ? text : reader.Value;
            }
        }

        return all?.ToString() ?? text;
    }
}
