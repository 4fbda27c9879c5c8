using LLoCO.Core.Decoding;
using LLoCO.Core.Pipeline;
using LLoCO.Core.Pipeline.Asking;

namespace LLoCO.Core;

/// <content>Work that can be done before the first question.</content>
public sealed partial class LlocoPipeline
{
    /// <summary>Gets the decoder, for tests.</summary>
    internal IAnswerDecoder Decoder => _layers.Decoder;

    /// <summary>
    /// Prefills the summary vectors of documents before the first question and keeps the KV cache entries for later questions
    /// (<see cref="LlocoPipelineBuilder.UsePrefixCache"/>). With a folder this is offline work: another process with the same
    /// folder, model and adapter reads the entries from disk for its first question.
    /// </summary>
    /// <param name="documentIds">Documents of the index; all of them with <see langword="null"/>. Each document is prepared for
    /// questions that read this document alone.</param>
    /// <param name="adapter">The adapter that questions will use, as in <see cref="AskOptions.Adapter"/>: with
    /// <see langword="null"/> the one named as the document's group, where there is one.</param>
    /// <param name="cancellationToken">Checked before each document. What is done is kept.</param>
    /// <returns>One result per document, in order, as soon as it is done. If a document fails, its result has a
    /// <see cref="PrepareResult.Failure"/>, and the others continue.</returns>
    /// <exception cref="LlocoException">There is no such adapter, or the decoder is the caller's own and no
    /// <see cref="IPrefixPreparer"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<PrepareResult> PrepareAsync(
        IEnumerable<string>? documentIds = null, string? adapter = null, CancellationToken cancellationToken = default)
    {
        EnsureUsable();
        return PrefixPreparation.Create(_layers, adapter).RunAsync(documentIds, cancellationToken);
    }
}
