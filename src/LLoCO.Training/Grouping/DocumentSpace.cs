namespace LLoCO.Training.Grouping;

/// <summary>Makes comparable numbers of documents.</summary>
internal abstract class DocumentSpace
{
    /// <summary>Gets the number of places.</summary>
    public abstract int Width { get; }

    /// <summary>Fits a space to documents.</summary>
    /// <param name="evidence">What is compared.</param>
    /// <param name="documents">The documents; at least one.</param>
    public static DocumentSpace Fit(GroupingEvidence evidence, IReadOnlyList<DocumentSample> documents) =>
        evidence == GroupingEvidence.Words ? TermSpace.Create(documents) : EmbeddingSpace.Create(documents);

    /// <summary>Makes the numbers of a document, which need not be one of those that the space was fitted to.</summary>
    /// <param name="document">The document.</param>
    public abstract SparseVector Map(DocumentSample document);
}
