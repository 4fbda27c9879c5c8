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
}
