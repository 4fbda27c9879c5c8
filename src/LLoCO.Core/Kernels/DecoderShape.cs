using LLoCO.Core.Families;

namespace LLoCO.Core.Kernels;

/// <summary>The parts of a model's shape that the kernels need.</summary>
internal sealed record DecoderShape
{
    /// <summary>Gets the number of token ids.</summary>
    internal required int Vocabulary { get; init; }

    /// <summary>Gets the width of the residual stream.</summary>
    internal required int Hidden { get; init; }

    /// <summary>Gets the width inside the SwiGLU block.</summary>
    internal required int Inner { get; init; }

    /// <summary>Gets the query heads.</summary>
    internal required int Heads { get; init; }

    /// <summary>Gets the key/value heads; divides <see cref="Heads"/>.</summary>
    internal required int KeyValueHeads { get; init; }

    /// <summary>Gets the numbers of a head; even.</summary>
    internal required int HeadWidth { get; init; }

    /// <summary>Gets the epsilon of the norms.</summary>
    internal required float Epsilon { get; init; }

    /// <summary>Gets the radians per position of each rotated pair of a head's dimensions; the rest is not rotated.</summary>
    internal required double[] Frequencies { get; init; }

    /// <summary>Gets the radians from position <see cref="LongFrom"/> on; <see langword="null"/> for the same.</summary>
    internal double[]? LongFrequencies { get; init; }

    /// <summary>Gets the position from which on sequences are long.</summary>
    internal int LongFrom { get; init; }

    /// <summary>Gets what cosines and sines are multiplied with.</summary>
    internal double AngleFactor { get; init; } = 1;

    /// <summary>Gets what those of layers with separate angles are multiplied with.</summary>
    internal double LocalAngleFactor { get; init; } = 1;

    /// <summary>Gets the factor of token embeddings.</summary>
    internal float InputFactor { get; init; } = 1;

    /// <summary>Gets the factor of other input vectors.</summary>
    internal float VectorFactor { get; init; } = 1;

    /// <summary>Gets the factor of attention scores.</summary>
    internal required float ScoreFactor { get; init; }

    /// <summary>Gets the factor of a block's output in the residual stream.</summary>
    internal float ResidualFactor { get; init; } = 1;

    /// <summary>Gets the factor of logits.</summary>
    internal float LogitsFactor { get; init; } = 1;

    /// <summary>Gets the radians of layers with separate angles; <see langword="null"/> if there are none.</summary>
    internal double[]? LocalFrequencies { get; init; }

    /// <summary>Gets whether a layer uses separate angles.</summary>
    internal Func<int, bool> IsLocal { get; init; } = _ => false;

    /// <summary>Gets how many positions a layer sees; 0 for all.</summary>
    internal Func<int, int> WindowOf { get; init; } = _ => 0;

    /// <summary>Gets the activation of the gate's outputs.</summary>
    internal Activation Activation { get; init; }

    /// <summary>Gets whether a layer rotates queries and keys.</summary>
    internal Func<int, bool> Rotates { get; init; } = _ => true;

    /// <summary>Gets whether the norms of queries and keys are of all heads together, not of each.</summary>
    internal bool NormsAllHeads { get; init; }

    /// <summary>Gets the query heads of a key/value head.</summary>
    internal int Group => Heads / KeyValueHeads;

    /// <summary>Gets the numbers of all query heads.</summary>
    internal int QueryWidth => Heads * HeadWidth;

    /// <summary>Gets the numbers of all key/value heads.</summary>
    internal int KeyValueWidth => KeyValueHeads * HeadWidth;
}
