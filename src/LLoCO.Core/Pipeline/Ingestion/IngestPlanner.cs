using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>
/// Determines which segments of a document need not be compressed again. A segment's vectors depend on its own tokens and on
/// those of the segments before it, so leading segments with equal token hashes keep their vectors; a last segment that was not
/// full keeps them only where its tokens are the same.
/// </summary>
internal static class IngestPlanner
{
    /// <summary>Detects an unchanged document from its text alone, before it is tokenized.</summary>
    /// <param name="stored">What the index has of it.</param>
    /// <param name="group">The group it is to be in.</param>
    /// <param name="contentHash"><see cref="ContentHash.OfText"/> of its text.</param>
    /// <returns>Whether there is nothing to do.</returns>
    public static bool IsUnchanged(DocumentRecord? stored, string group, string contentHash) =>
        stored is not null && stored.ContentHash == contentHash && stored.Group == group;

    /// <summary>Plans a document that is not unchanged.</summary>
    /// <param name="index">The index, bound to the model in use.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="tokenHashes"><see cref="ContentHash.OfTokens"/> of each segment it is now cut into.</param>
    /// <param name="storedCanBeContinued">Whether the compressor can read the stored vectors: true with the identity projector.
    /// Projected vectors are not what it made; then only a checkpoint, which holds unprojected ones, can be continued.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The plan; never <see cref="IngestAction.Skip"/>.</returns>
    public static async ValueTask<IngestPlan> PlanAsync(
        IRetrievalIndex index,
        string documentId,
        IReadOnlyList<string> tokenHashes,
        bool storedCanBeContinued,
        CancellationToken cancellationToken)
    {
        IngestCheckpoint? checkpoint = await index.FindCheckpointAsync(documentId, cancellationToken).ConfigureAwait(false);
        int inCheckpoint = checkpoint is null ? 0 : CommonPrefix(checkpoint.TokenHashes, tokenHashes);
        IReadOnlyList<string>? stored = storedCanBeContinued
            ? await index.LoadTokenHashesAsync(documentId, cancellationToken).ConfigureAwait(false)
            : null;
        int inDocument = stored is null ? 0 : CommonPrefix(stored, tokenHashes);

        // If both reach equally far, the checkpoint is used, because it has the vectors unrounded.
        if (inCheckpoint > 0 && inCheckpoint >= inDocument)
        {
            return new IngestPlan(IngestAction.Resume, inCheckpoint, checkpoint!.Summary);
        }

        SummaryEmbeddings? summary = inDocument == 0
            ? null
            : await index.LoadSummaryAsync(documentId, cancellationToken).ConfigureAwait(false);

        // Another process may have replaced the document since its hashes were read; a shorter one cannot be the source.
        return summary is null || summary.Segments.Count < inDocument
            ? IngestPlan.Full
            : new IngestPlan(IngestAction.Append, inDocument, summary);
    }

    /// <summary>Plans a document whose vectors are in a summary cache of the original.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="cut">Its segments.</param>
    /// <param name="cache">The cache.</param>
    /// <returns>The plan to take all vectors from the cache.</returns>
    /// <exception cref="LlocoException">The cache cuts it at other places.</exception>
    public static IngestPlan PlanImport(string documentId, CutDocument cut, SummaryCacheFile cache)
    {
        SummaryEmbeddings summary = cache.Read(documentId, cut.TokenCount);
        IEnumerable<int> cached = summary.Segments.Select(segment => segment.TokenCount);
        return cached.SequenceEqual(cut.Segments.Select(segment => segment.Length))
            ? new IngestPlan(IngestAction.Resume, cut.Segments.Count, summary)
            : throw new LlocoException($"The cache '{cache.Path}' holds '{documentId}' in segments of "
                + $"{cache.Fingerprint.SegmentLength} tokens, but the compressor cuts it at other places.");
    }

    private static int CommonPrefix(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        int shorter = Math.Min(left.Count, right.Count);
        int equal = 0;
        while (equal < shorter && left[equal] == right[equal])
        {
            equal++;
        }

        return equal;
    }
}
