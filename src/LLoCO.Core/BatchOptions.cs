using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Decoding;

namespace LLoCO.Core;

/// <summary>How many answers are decoded at the same time, and how many requests may wait for their turn.</summary>
/// <remarks>
/// A decode step reads every weight once, for one answer or for sixteen, so answers that share steps are faster together. They
/// join and leave between two steps. Waiting requests are served in the order of arrival.
/// </remarks>
public sealed record BatchOptions
{
    /// <summary>Gets the maximum number of answers in one decode step.</summary>
    /// <value>Default 16. With 1, answers are generated one after the other.</value>
    [Range(1, 256)]
    public int MaxSequences { get; init; } = 16;

    /// <summary>
    /// Gets the maximum number of waiting requests. A further request is refused with <see cref="QueueFullException"/>.
    /// </summary>
    /// <value>Default 1,024.</value>
    [Range(1, 1 << 20)]
    public int MaxWaiting { get; init; } = 1024;

    /// <summary>
    /// Gets the maximum number of generated tokens that the reader of an answer has not taken yet. At this limit the answer
    /// pauses until its reader catches up. Meanwhile its place in the batch goes to the next answer.
    /// </summary>
    /// <value>Default 256: most answers end before a slow reader can delay them.</value>
    [Range(1, 1 << 16)]
    public int MaxUnread { get; init; } = 256;
}
