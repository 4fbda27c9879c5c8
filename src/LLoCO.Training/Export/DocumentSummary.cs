using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Asking;
using LLoCO.Core.Pipeline.Building;

namespace LLoCO.Training.Export;

/// <summary>Finds what an export is made of.</summary>
internal static class DocumentSummary
{
    /// <summary>Loads a document's summary embeddings and chooses who reads them.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="adapter">As in <see cref="AskOptions.Adapter"/>.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <returns>The vectors, and the adapter's name or <see langword="null"/> for the base model.</returns>
    /// <exception cref="LlocoException">There is no such document or adapter, or the adapter reads no summary embeddings.</exception>
    /// <exception cref="FingerprintMismatchException">Another model made them.</exception>
    internal static async Task<(SummaryEmbeddings Summary, string? Adapter)> LoadAsync(
        LlocoPipeline pipeline, string documentId, string? adapter, CancellationToken cancellationToken)
    {
        PipelineLayers layers = pipeline.Layers;
        DocumentRecord? record = await layers.Index.FindAsync(documentId, cancellationToken).ConfigureAwait(false);
        SummaryEmbeddings? summary = record is null
            ? null
            : await layers.Index.LoadSummaryAsync(documentId, cancellationToken).ConfigureAwait(false);
        if (record is null || summary is null)
        {
            throw new LlocoException($"There is no document '{documentId}' in the index. Ingest it first.");
        }

        if (await layers.Index.FindAsync(DocumentParts.IdOf(documentId, 2), cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new LlocoException($"The document '{documentId}' is kept in parts, which are not exported. Cut it into documents first.");
        }

        pipeline.Fingerprint.EnsureMatches(summary.Fingerprint, $"document '{documentId}'");
        string? reader = AdapterChoice.Choose(layers.Decoder, adapter, record.Group);
        return layers.Model?.FindPrefix(reader) is null
            ? (summary, reader)
            : throw new LlocoException(
                $"The adapter '{reader}' is a key/value prefix and reads no summary embeddings. Name another, or '{AskOptions.NoAdapter}'.");
    }
}
