using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Checks that refuse a document before it is compressed.</summary>
internal static class IngestChecks
{
    /// <summary>Refuses a document with the id of another document (another group or file), unless it may replace that one. Two
    /// files with the same name, from two folders or for two groups, would otherwise replace each other silently. The message
    /// does not describe the other document, least of all its group, because the caller may be another tenant.</summary>
    /// <param name="document">The document.</param>
    /// <param name="stored">What the index holds under its id.</param>
    /// <param name="hash">The hash of the document's text; a folder that was moved with the same texts is the same.</param>
    /// <exception cref="LlocoException">The id belongs to another document.</exception>
    public static void EnsureSame(SourceDocument document, DocumentRecord stored, string hash)
    {
        bool otherGroup = stored.Group != document.Group;
        bool otherFile = stored.Origin is not null && document.Origin is not null && stored.Origin != document.Origin
            && stored.ContentHash != hash;
        if ((otherGroup || otherFile) && !document.Replaces)
        {
            throw new LlocoException($"The index holds another document with the id '{document.Id}', "
                + (otherGroup ? "of another group" : "read from another file")
                + ". Give this one another id (--prefix), or say that it takes that place (SourceDocument.Replaces, --replace).");
        }
    }

    /// <summary>Finds out whether a document is short enough for any question.</summary>
    /// <param name="cut">Its segments.</param>
    /// <param name="layers">Window and summary length.</param>
    /// <returns>Whether its summary embeddings leave room in the native window.</returns>
    public static bool IsReadable(CutDocument cut, PipelineLayers layers) => Budget(cut, layers).Fits;

    /// <summary>Refuses a document that is too long for any question, before hours of work instead of at the first
    /// question.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="cut">Its segments.</param>
    /// <param name="layers">Window and summary length.</param>
    /// <exception cref="WindowExceededException">Its summary embeddings fill the native window.</exception>
    public static void EnsureReadable(string documentId, CutDocument cut, PipelineLayers layers)
    {
        WindowBudget budget = Budget(cut, layers);
        if (!budget.Fits)
        {
            throw new WindowExceededException(
                $"The document '{DocumentParts.DocumentOf(documentId)}' of {cut.TokenCount} tokens {budget.Explain()} {(cut.Segments.Count == 1
                    ? "Not even one segment of it fits: use a model with a longer window."
                    : "Compress it, which is done in parts, instead of importing it.")}",
                budget);
        }
    }

    /// <summary>Refuses an id that only a part of a document may have.</summary>
    /// <param name="documentId">The id.</param>
    /// <exception cref="LlocoException">It has the mark of parts.</exception>
    public static void EnsureNoPart(string documentId)
    {
        if (documentId.Contains(DocumentParts.Mark, StringComparison.Ordinal))
        {
            throw new LlocoException(
                $"The document id '{documentId}' holds the sign {DocumentParts.Mark}, which marks parts of long documents. Give it another.");
        }
    }

    private static WindowBudget Budget(CutDocument cut, PipelineLayers layers) =>
        WindowBudget.ForAnyQuestion(layers.Decoder.NativeWindow) with
        {
            Prefix = ((long)cut.Segments.Count * layers.Compressor.Fingerprint.SummaryLength) + layers.Frame.Count(documents: 1),
        };
}
