using LLoCO.Core.Compression;

namespace LLoCO.Core.Decoding;

/// <summary>Computes the probability of given words after a context, without generating any. Decoders that support this implement
/// the interface. The fidelity of documents is measured with it.</summary>
public interface IContinuationScorer
{
    /// <summary>Scores continuations of one context, each independently of the others.</summary>
    /// <param name="request">Context, continuations, adapter.</param>
    /// <param name="cancellationToken">Checked before each continuation.</param>
    /// <returns>One score per continuation, in order.</returns>
    /// <exception cref="WindowExceededException">Context and continuation need more positions than the native window
    /// has.</exception>
    Task<IReadOnlyList<ContinuationScore>> ScoreAsync(ScoringRequest request, CancellationToken cancellationToken = default);
}

/// <summary>What to score.</summary>
/// <param name="Prefix">Summary embeddings in front; may be empty.</param>
/// <param name="Context">Token ids after them; may be empty.</param>
/// <param name="Continuations">The continuations to score.</param>
/// <param name="Adapter">Name of the adapter, or <see langword="null"/> for the base model.</param>
public sealed record ScoringRequest(
    IReadOnlyList<SummaryEmbeddings> Prefix,
    ReadOnlyMemory<int> Context,
    IReadOnlyList<Continuation> Continuations,
    string? Adapter = null);

/// <summary>A continuation to score.</summary>
/// <param name="Cue">Token ids that are given; at least one.</param>
/// <param name="Target">Token ids that are scored; at least one.</param>
public sealed record Continuation(ReadOnlyMemory<int> Cue, ReadOnlyMemory<int> Target);

/// <summary>The score of a continuation.</summary>
/// <param name="LogProbability">Sum of the natural-log probabilities of the target's tokens, each given all tokens before
/// it.</param>
/// <param name="IsGreedy">Whether each of them is the most probable one: greedy decoding would write the target.</param>
public readonly record struct ContinuationScore(double LogProbability, bool IsGreedy);
