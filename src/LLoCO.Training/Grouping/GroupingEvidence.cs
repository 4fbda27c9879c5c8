namespace LLoCO.Training.Grouping;

/// <summary>What is compared of two documents.</summary>
public enum GroupingEvidence
{
    /// <summary>The terms that the index searches, weighted by how few documents have them (TF-IDF).</summary>
    Words = 0,

    /// <summary>The mean of the passages' dense vectors. Every document must have been ingested with an embedder.</summary>
    Embeddings = 1,
}
