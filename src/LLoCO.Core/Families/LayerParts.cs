namespace LLoCO.Core.Families;

/// <summary>The optional weights of a layer.</summary>
[Flags]
internal enum LayerParts
{
    /// <summary>Nothing: the layers of Llama 2.</summary>
    None = 0,

    /// <summary>Biases of queries, keys and values.</summary>
    QueryKeyValueBias = 1 << 0,

    /// <summary>Bias of the linear layer behind the attention.</summary>
    OutputBias = 1 << 1,

    /// <summary>Biases of the feed-forward block.</summary>
    FeedForwardBias = 1 << 2,

    /// <summary>RMS norms of every head of queries and keys, before the rotation.</summary>
    HeadNorms = 1 << 3,

    /// <summary>Norms behind attention and feed-forward block too, before their outputs go into the residual stream.</summary>
    OutputNorms = 1 << 4,

    /// <summary>No norms before attention and feed-forward block.</summary>
    NoInputNorms = 1 << 5,

    /// <summary>RMS norms over all heads of queries together, and over all of keys, before the rotation.</summary>
    WidthNorms = 1 << 6,

    /// <summary>Queries, keys and values in one matrix of the checkpoint, and gate and up in another.</summary>
    FusedLinears = 1 << 7,
}
