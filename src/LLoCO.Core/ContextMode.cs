namespace LLoCO.Core;

/// <summary>What the decoder reads in front of a question.</summary>
public enum ContextMode
{
    /// <summary>The documents' summary embeddings: the method (arXiv 2404.07979 section 3).</summary>
    Summary = 0,

    /// <summary>Nothing: the question alone. A baseline.</summary>
    None = 1,

    /// <summary>The documents' raw tokens, cut to what the native window leaves beside question and answer; the end is dropped,
    /// as the original's baseline does. The base model reads them unless an adapter is named.</summary>
    Truncated = 2,

    /// <summary>The documents' raw tokens, all of them; an error where they do not fit. The base model reads them unless an
    /// adapter is named.</summary>
    Full = 3,

    /// <summary>The raw passages of the documents that fit the question best (BM25), as many as the native window holds: the
    /// usual retrieval baseline. The base model reads them unless an adapter is named.</summary>
    Passages = 4,
}
