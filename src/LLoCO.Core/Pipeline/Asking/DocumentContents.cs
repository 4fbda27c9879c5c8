using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Texts and summary embeddings of documents for one question. Each is loaded from the index once, even if the question
/// is planned several times. Not safe for concurrent use.</summary>
internal sealed class DocumentContents(IRetrievalIndex index, ModelFingerprint fingerprint)
{
    private readonly Dictionary<string, SummaryEmbeddings> _summaries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Loads the summary embeddings of a document.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="LlocoException">The document is not there any more.</exception>
    /// <exception cref="FingerprintMismatchException">Another model made them.</exception>
    public async ValueTask<SummaryEmbeddings> LoadSummaryAsync(string documentId, CancellationToken cancellationToken)
    {
        if (!_summaries.TryGetValue(documentId, out SummaryEmbeddings? summary))
        {
            summary = await index.LoadSummaryAsync(documentId, cancellationToken).ConfigureAwait(false)
                ?? throw Vanished(documentId);
            fingerprint.EnsureMatches(summary.Fingerprint, $"document '{documentId}'");
            _summaries.Add(documentId, summary);
        }

        return summary;
    }

    /// <summary>Loads the text of a document.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="LlocoException">The document is not there any more.</exception>
    public async ValueTask<string> LoadTextAsync(string documentId, CancellationToken cancellationToken)
    {
        if (!_texts.TryGetValue(documentId, out string? text))
        {
            text = await index.LoadTextAsync(documentId, cancellationToken).ConfigureAwait(false) ?? throw Vanished(documentId);
            _texts.Add(documentId, text);
        }

        return text;
    }

    private static LlocoException Vanished(string documentId) =>
        new($"The document '{documentId}' was deleted while the question was being answered. Ask again.");
}
