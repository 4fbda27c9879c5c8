using System.Xml;

namespace LLoCO.Readers.Archives;

/// <summary>Reads the XML in archives node by node, with a bound for its depth, and without anything from outside.</summary>
internal static class XmlParts
{
    /// <summary>Opens a part.</summary>
    /// <param name="stream">The part; closed with the reader.</param>
    /// <param name="limits">Bounds its characters.</param>
    public static XmlReader Open(Stream stream, ReaderLimits limits) => XmlReader.Create(stream, new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null,
        MaxCharactersInDocument = limits.MaxUnpackedBytes,
        MaxCharactersFromEntities = 1024,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    });

    /// <summary>Goes to the next node.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="limits">Bounds the depth.</param>
    /// <param name="cancellationToken">Checked at each node.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="UnreadableException">It is nested too deep.</exception>
    public static bool Next(XmlReader reader, ReaderLimits limits, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!reader.Read())
        {
            return false;
        }

        return reader.Depth <= limits.MaxDepth
            ? true
            : throw new UnreadableException($"has elements that are nested more than {limits.MaxDepth} deep");
    }

    /// <summary>Passes over an element with all that is in it, and stands at its end.</summary>
    /// <param name="reader">The reader, at the beginning of the element.</param>
    /// <param name="limits">Bounds the depth.</param>
    /// <param name="cancellationToken">Checked at each node.</param>
    public static void Pass(XmlReader reader, ReaderLimits limits, CancellationToken cancellationToken)
    {
        int depth = reader.Depth;
        while (!reader.IsEmptyElement || reader.Depth > depth)
        {
            if (!Next(reader, limits, cancellationToken) || (reader.Depth == depth && reader.NodeType == XmlNodeType.EndElement))
            {
                return;
            }
        }
    }
}
