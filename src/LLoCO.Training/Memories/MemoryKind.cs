namespace LLoCO.Training.Memories;

/// <summary>What a document is kept as.</summary>
public enum MemoryKind
{
    /// <summary>Vectors that the decoder reads at its input (LLoCO, arXiv 2404.07979). Needs a model that was trained to make
    /// them.</summary>
    Summary = 0,

    /// <summary>Slots with a key, a value and a bias for each layer and key/value head, which the decoder attends to (attention
    /// matching, arXiv 2602.16284; cartridges, arXiv 2506.06266). Any model can make and read them.</summary>
    KeyValue = 1,
}
