using LLoCO.Core.Compression;

namespace LLoCO.Core.Decoding;

/// <summary>
/// Generates an answer after a prefix of summary embeddings, with an adapter. Implementations are safe for concurrent use; a
/// request may wait for others.
/// </summary>
public interface IAnswerDecoder
{
    /// <summary>Gets the fingerprint that summary embeddings must have.</summary>
    ModelFingerprint Fingerprint { get; }

    /// <summary>Gets the number of positions that prefix, prompt and answer may take together.</summary>
    int NativeWindow { get; }

    /// <summary>Gets the names of the loaded adapters.</summary>
    IReadOnlyCollection<string> Adapters { get; }

    /// <summary>Streams the generated ids.</summary>
    /// <param name="request">Prefix, prompt, adapter and generation options.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>One step per token; the last one carries the finish reason and the usage.</returns>
    /// <exception cref="WindowExceededException">Prefix, prompt and answer need more positions than the native window has;
    /// raised before any work starts.</exception>
    IAsyncEnumerable<DecodeStep> DecodeAsync(DecodeRequest request, CancellationToken cancellationToken = default);
}

/// <summary>A request to the decoder.</summary>
/// <param name="Prefix">Summary embeddings in prefix order; may be empty.</param>
/// <param name="Prompt">Token ids after the prefix; at least one.</param>
/// <param name="Adapter">Name of the adapter, or <see langword="null"/> for the base model.</param>
/// <param name="Options">How to choose tokens and when to stop.</param>
public sealed record DecodeRequest(
    IReadOnlyList<SummaryEmbeddings> Prefix,
    ReadOnlyMemory<int> Prompt,
    string? Adapter,
    GenerationOptions Options);

/// <summary>One generated token.</summary>
/// <param name="TokenId">The id; the end token itself is also reported.</param>
/// <param name="LogProbability">Its natural-log probability under the model's unmodified distribution.</param>
/// <param name="Finish">Why generation ended here, or <see langword="null"/> while it goes on.</param>
public readonly record struct DecodeStep(int TokenId, float LogProbability, FinishReason? Finish);

/// <summary>Why generation ended.</summary>
public enum FinishReason
{
    /// <summary>An end token or a stop string.</summary>
    Stop = 0,

    /// <summary><see cref="GenerationOptions.MaxNewTokens"/> was reached.</summary>
    Length = 1,
}
