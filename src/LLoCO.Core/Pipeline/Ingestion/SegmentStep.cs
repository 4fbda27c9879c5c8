using LLoCO.Core.Compression;
using LLoCO.Core.Pipeline.Building;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>The part of an ingest that makes summary embeddings of segments.</summary>
internal sealed class SegmentStep(PipelineLayers layers, ILogger logger)
{
    /// <summary>Compresses the segments that a draft lacks, and keeps each that is finished.</summary>
    /// <param name="documentId">The document, for the log.</param>
    /// <param name="draft">Takes the vectors.</param>
    /// <param name="cut">The segments.</param>
    /// <param name="writer">Writes to the index.</param>
    /// <param name="report">Told the number of finished segments.</param>
    /// <param name="cancellationToken">Checked before each segment.</param>
    /// <exception cref="LlocoException">The compressor gave another number of summaries.</exception>
    public async Task CompressAsync(
        string documentId, IngestDraft draft, CutDocument cut, IngestWriter writer, Func<int, Task> report,
        CancellationToken cancellationToken)
    {
        await report(draft.Segments).ConfigureAwait(false);
        if (draft.Segments == cut.Segments.Count)
        {
            return;
        }

        IReadOnlyList<ReadOnlyMemory<int>> left = [.. cut.Segments.Skip(draft.Segments)];
        IAsyncEnumerable<float[]> summaries = layers.Compressor.CompressAsync(left, draft.Vectors, cancellationToken);
        await foreach (float[] vectors in summaries.ConfigureAwait(false))
        {
            if (draft.Segments == cut.Segments.Count)
            {
                throw new LlocoException("The compressor gave more summaries than there are segments (IContextCompressor).");
            }

            draft.Add(cut.Segments[draft.Segments].Length, vectors);

            // Not cancelled, so a finished segment is always kept. The last one is kept with the document.
            if (draft.Segments < cut.Segments.Count)
            {
                await writer.WriteAsync(
                    index => index.SaveCheckpointAsync(draft.ToCheckpoint(), CancellationToken.None), CancellationToken.None)
                    .ConfigureAwait(false);
                Log.SegmentKept(logger, documentId, draft.Segments, cut.Segments.Count);
            }

            LlocoDiagnostics.Segments.Add(1);
            await report(draft.Segments).ConfigureAwait(false);
        }

        if (draft.Segments < cut.Segments.Count)
        {
            throw new LlocoException($"The compressor gave {draft.Segments} summaries for {cut.Segments.Count} segments "
                + "(IContextCompressor).");
        }
    }

    /// <summary>Projects the vectors of a finished draft and encodes them as the index keeps them.</summary>
    /// <param name="draft">The draft.</param>
    public SummaryEmbeddings Project(IngestDraft draft)
    {
        SummaryEmbeddings made = draft.ToSummary(SummaryEncoding.Float32);
        float[] projected = layers.Projector.Project(draft.Vectors.Span);
        int width = layers.Projector.OutputWidth;
        SummaryEncoding encoding = made.SuitEncoding(layers.Settings.Storage);
        return new SummaryEmbeddings(
            made.DocumentId, made.Count, width, encoding, SummaryPayload.Encode(projected, width, encoding), made.Segments,
            made.Fingerprint);
    }
}
