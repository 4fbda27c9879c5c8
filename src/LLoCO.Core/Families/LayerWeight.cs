namespace LLoCO.Core.Families;

/// <summary>The weights that a decoder layer may have, in any family. The number of a weight is its place in the arrays of all
/// forward passes; <see cref="LayerTable"/> says what it is.</summary>
internal enum LayerWeight
{
    /// <summary>Linear layer of the queries.</summary>
    Query = LoraTarget.Query,

    /// <summary>Linear layer of the keys.</summary>
    Key = LoraTarget.Key,

    /// <summary>Linear layer of the values.</summary>
    Value = LoraTarget.Value,

    /// <summary>Linear layer behind the attention.</summary>
    Output = LoraTarget.Output,

    /// <summary>Linear layer whose outputs are activated.</summary>
    Gate = LoraTarget.Gate,

    /// <summary>Linear layer whose outputs are multiplied with the activated ones.</summary>
    Up = LoraTarget.Up,

    /// <summary>Linear layer at the end of the feed-forward block.</summary>
    Down = LoraTarget.Down,

    /// <summary>Norm before the attention.</summary>
    InputNorm,

    /// <summary>Norm before the feed-forward block.</summary>
    FeedForwardNorm,

    /// <summary>Norm of what the attention adds to the residual stream.</summary>
    AttentionOutputNorm,

    /// <summary>Norm of what the feed-forward block adds to the residual stream.</summary>
    FeedForwardOutputNorm,

    /// <summary>Norm of each head of the queries.</summary>
    QueryNorm,

    /// <summary>Norm of each head of the keys.</summary>
    KeyNorm,

    /// <summary>Bias of <see cref="Query"/>. The biases stand in the order of their linear layers.</summary>
    QueryBias,

    /// <summary>Bias of <see cref="Key"/>.</summary>
    KeyBias,

    /// <summary>Bias of <see cref="Value"/>.</summary>
    ValueBias,

    /// <summary>Bias of <see cref="Output"/>.</summary>
    OutputBias,

    /// <summary>Bias of <see cref="Gate"/>.</summary>
    GateBias,

    /// <summary>Bias of <see cref="Up"/>.</summary>
    UpBias,

    /// <summary>Bias of <see cref="Down"/>.</summary>
    DownBias,
}
