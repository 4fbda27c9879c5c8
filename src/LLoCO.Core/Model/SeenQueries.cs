using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>What a layer of a pass asked.</summary>
/// <param name="Queries">The rotated queries, <c>[1, heads, rows, head]</c>.</param>
internal readonly record struct SeenQueries(Tensor Queries)
{
    /// <summary>Gets what they read of the stored entries alone, same shape; <see langword="null"/> if the pass did not compute it apart
    /// from the rest.</summary>
    internal Tensor? Read { get; init; }

    /// <summary>Gets the logarithm of their sums of exponentials over the stored entries, <c>[1, heads, rows]</c>; given with
    /// <see cref="Read"/>.</summary>
    internal Tensor? Sums { get; init; }
}
