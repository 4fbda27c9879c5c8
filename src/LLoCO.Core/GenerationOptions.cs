using System.ComponentModel.DataAnnotations;

namespace LLoCO.Core;

/// <summary>How tokens are chosen and when generation stops. Defaults: greedy, 64 new tokens.</summary>
public sealed record GenerationOptions
{
    /// <summary>Gets the maximum number of tokens to generate.</summary>
    /// <value>Default 64; the original's scripts use 50 to 96.</value>
    [Range(1, 1 << 20)]
    public int MaxNewTokens { get; init; } = 64;

    /// <summary>Gets the divisor of the logits before sampling.</summary>
    /// <value>Default 0: greedy; <see cref="TopK"/>, <see cref="TopP"/> and <see cref="Seed"/> then have no effect.</value>
    [Range(0.0, 100.0)]
    public double Temperature { get; init; }

    /// <summary>Gets the number of most probable tokens to sample from.</summary>
    /// <value>Default 0: all.</value>
    [Range(0, int.MaxValue)]
    public int TopK { get; init; }

    /// <summary>Gets the probability mass to sample from (nucleus sampling).</summary>
    /// <value>Default 1: all.</value>
    [Range(0.0, 1.0)]
    public double TopP { get; init; } = 1;

    /// <summary>Gets the factor by which logits of tokens already in prompt or answer are made less likely.</summary>
    /// <value>Default 1: none. Positive logits are divided by it, negative ones multiplied (CTRL, arXiv 1909.05858).</value>
    [Range(0.01, 100.0)]
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Gets the seed of the sampler. The same seed and request give the same tokens.</summary>
    /// <value>Default <see langword="null"/>: a fresh seed for each request.</value>
    public int? Seed { get; init; }

    /// <summary>Gets ids that end the answer besides the tokenizer's end tokens.</summary>
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];

    /// <summary>Gets texts that end the answer. Neither a stop text nor anything after it is shown.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];
}
