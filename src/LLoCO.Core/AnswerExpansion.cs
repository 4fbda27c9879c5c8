namespace LLoCO.Core;

/// <summary>What was read as raw tokens beside the summary embeddings.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Passages">Passages expanded.</param>
/// <param name="Tokens">Their tokens; they are counted in <see cref="AnswerTokens.Prompt"/> too.</param>
/// <param name="First">The answer from the summary alone that was not trusted; <see langword="null"/> where there was none. What
/// it read is counted in <see cref="AnswerTokens.FirstAttempt"/>.</param>
public sealed record AnswerExpansion(ExpandReason Reason, int Passages, int Tokens, LlocoAnswer? First);

/// <summary>Why passages were expanded.</summary>
public enum ExpandReason
{
    /// <summary>The options ask for it always.</summary>
    Asked = 0,

    /// <summary>A document's fidelity is low, or it was marked at ingest.</summary>
    LowFidelity = 1,

    /// <summary>The answer from the summary alone had a low confidence.</summary>
    LowConfidence = 2,
}
