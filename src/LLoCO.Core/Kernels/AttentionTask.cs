namespace LLoCO.Core.Kernels;

/// <summary>The query heads of one key/value head of one row, over a range of positions.</summary>
internal unsafe struct AttentionTask
{
    /// <summary>Positions processed together: their scores stay in the first-level cache.</summary>
    internal const int Block = 64;

    /// <summary>Rotated queries times the attention's scale, <c>[group, width]</c>.</summary>
    internal float* Queries;

    /// <summary>Query heads.</summary>
    internal int Group;

    /// <summary>Numbers of a head.</summary>
    internal int Width;

    /// <summary>Keys of position 0 on, <c>[position, width]</c>.</summary>
    internal byte* Keys;

    /// <summary>Values, same shape.</summary>
    internal byte* Values;

    /// <summary>What is added to the scores of position 0 on; <see langword="null"/> for nothing.</summary>
    internal float* Biases;

    /// <summary>Format of keys and values.</summary>
    internal MatrixFormat Format;

    /// <summary>First position.</summary>
    internal int From;

    /// <summary>One more than the last position.</summary>
    internal int To;

    /// <summary>Result: values weighted with e to the score minus <see cref="Largest"/>, <c>[group, width]</c>.</summary>
    internal float* Sums;

    /// <summary>Result: the largest score of each head.</summary>
    internal float* Largest;

    /// <summary>Result: the weights' sum of each head.</summary>
    internal float* Totals;

    /// <summary>Work space of <see cref="ScratchFloats"/> floats.</summary>
    internal float* Scratch;

    /// <summary>Work space that a task needs.</summary>
    internal static int ScratchFloats(int group, int width) => (Block * group) + (2 * Block * width);
}
