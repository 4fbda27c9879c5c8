namespace LLoCO.Core;

/// <summary>The raw passages that the decoder read in addition to the summary embeddings.</summary>
/// <param name="Reason">Why passages were expanded.</param>
/// <param name="Passages">Passages expanded.</param>
/// <param name="Tokens">Their tokens; they are counted in <see cref="AnswerTokens.Prompt"/> too.</param>
/// <param name="First">The first answer, from the summary alone, if its confidence was too low; otherwise <see langword="null"/>.
/// Its tokens are counted in <see cref="AnswerTokens.FirstAttempt"/>.</param>
public sealed record AnswerExpansion(ExpandReason Reason, int Passages, int Tokens, LlocoAnswer? First);

/// <summary>Why passages were expanded.</summary>
public enum ExpandReason
{
    /// <summary>The options expand every question.</summary>
    Asked = 0,

    /// <summary>A document has a low fidelity, or was marked when it was ingested.</summary>
    LowFidelity = 1,

    /// <summary>The answer from the summary alone had a low confidence.</summary>
    LowConfidence = 2,

    /// <summary>The answer is in doubt (<see cref="DoubtPolicy.Expand"/>).</summary>
    Doubt = 3,
}
