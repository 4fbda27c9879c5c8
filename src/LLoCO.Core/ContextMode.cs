namespace LLoCO.Core;

/// <summary>What the decoder reads in front of a question.</summary>
public enum ContextMode
{
    /// <summary>The documents' summary embeddings: the method (arXiv 2404.07979 section 3).</summary>
    Summary = 0,

    /// <summary>Nothing: the question alone. A baseline.</summary>
    None = 1,

    /// <summary>
    /// The documents' raw tokens, truncated to the space that question and answer leave in the native window. The end is dropped,
    /// as in the original's baseline. The base model reads them unless an adapter is named.
    /// </summary>
    Truncated = 2,

    /// <summary>
    /// All raw tokens of the documents; an error if they do not fit. The base model reads them unless an adapter is named.
    /// </summary>
    Full = 3,

    /// <summary>
    /// The raw passages that match the question best (BM25), as many as fit the native window: the usual retrieval baseline. The
    /// base model reads them unless an adapter is named.
    /// </summary>
    Passages = 4,
}
