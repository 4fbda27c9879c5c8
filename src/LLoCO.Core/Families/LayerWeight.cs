namespace LLoCO.Core.Families;

/// <summary>The weights that a decoder layer may have, in whatever family. The number of a weight is its place in the arrays of
/// all forward passes; <see cref="LayerTable"/> says what it is.</summary>
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
}
