using System.ComponentModel.DataAnnotations;

namespace LLoCO.Training.Memories;

/// <summary>How documents become key/value memories.</summary>
public sealed record KeyValueMemoryOptions
{
    /// <summary>Gets the document tokens for each slot.</summary>
    /// <value>Default 8.</value>
    /// <remarks>Not used if <see cref="Slots"/> is set.</remarks>
    [Range(1.0, 4096.0)]
    public double Ratio { get; init; } = 8;

    /// <summary>Gets the slots of each chunk; never more than its tokens.</summary>
    /// <value>Default <see langword="null"/>: as <see cref="Ratio"/> says.</value>
    [Range(1, 1 << 20)]
    public int? Slots { get; init; }

    /// <summary>Gets which tokens become slots.</summary>
    /// <value>Default <see cref="SlotChoice.Attention"/>.</value>
    public SlotChoice Choice { get; init; } = SlotChoice.Attention;

    /// <summary>Gets how the attention of several queries is taken together.</summary>
    /// <value>Default <see cref="SlotWorth.Rms"/>.</value>
    public SlotWorth Worth { get; init; } = SlotWorth.Rms;

    /// <summary>Gets the most tokens that are read together. A longer document is cut into chunks, each with slots of its own.</summary>
    /// <value>Default 0: three quarters of the native window, at most 8,192.</value>
    [Range(0, 1 << 20)]
    public int ChunkTokens { get; init; }

    /// <summary>Gets the tokens whose queries are the reference: half of them repeat the chunk behind itself, half are its sentences as
    /// questions in the model's own prompt.</summary>
    /// <value>Default 1,024.</value>
    [Range(1, 1 << 16)]
    public int ReferenceTokens { get; init; } = 1024;

    /// <summary>Gets how strongly the fit is held to the tokens' own biases (none) and values, relative to the mean square of the
    /// attention.</summary>
    /// <value>Default 0.01.</value>
    [Range(1e-9, 1e3)]
    public double Ridge { get; init; } = 0.01;
}
