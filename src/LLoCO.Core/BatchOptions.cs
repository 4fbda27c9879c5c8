using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Decoding;

namespace LLoCO.Core;

/// <summary>How many answers are decoded at the same time, and how many requests may wait for their turn.</summary>
/// <remarks>
/// Generating a token reads every weight once, for one answer as for sixteen: answers that are decoded together share that. They
/// join and leave between two tokens; a request that waits is answered in the order in which it came.
/// </remarks>
public sealed record BatchOptions
{
    /// <summary>Gets the most answers that get a token in one step.</summary>
    /// <value>Default 16. With 1, answers are generated one after the other.</value>
    [Range(1, 256)]
    public int MaxSequences { get; init; } = 16;

    /// <summary>Gets the most requests that wait until others have ended; one more is refused with
    /// <see cref="QueueFullException"/>.</summary>
    /// <value>Default 1,024.</value>
    [Range(1, 1 << 20)]
    public int MaxWaiting { get; init; } = 1024;

    /// <summary>Gets the most generated tokens of an answer that its reader has not taken yet. An answer that is further ahead
    /// rests until its reader catches up; the others go on, and its place in the batch goes to the next.</summary>
    /// <value>Default 256: most answers end before a slow reader holds them up.</value>
    [Range(1, 1 << 16)]
    public int MaxUnread { get; init; } = 256;
}
