using LLoCO.Core.Compression;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Index;

/// <summary>Takes documents whole out of an index, and compares them.</summary>
internal static class IndexCopier
{
    /// <summary>Compares a document of two indexes.</summary>
    /// <param name="document">The record in the other.</param>
    /// <param name="source">The other.</param>
    /// <param name="target">The index.</param>
    /// <param name="whole">Whether everything is read and compared; else the record and the hashes of segments are.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the index holds it as the other does.</returns>
    public static async Task<bool> CompareAsync(
        DocumentRecord document, IRetrievalIndex source, IRetrievalIndex target, bool whole, CancellationToken cancellationToken)
    {
        if (await target.FindAsync(document.Id, cancellationToken).ConfigureAwait(false) != document)
        {
            return false;
        }

        if (whole)
        {
            return AreEqual(
                await LoadAsync(source, document, cancellationToken).ConfigureAwait(false),
                await LoadAsync(target, document, cancellationToken).ConfigureAwait(false));
        }

        IReadOnlyList<string>? left = await source.LoadTokenHashesAsync(document.Id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string>? right = await target.LoadTokenHashesAsync(document.Id, cancellationToken).ConfigureAwait(false);
        return left is not null && right is not null && left.SequenceEqual(right);
    }

    /// <summary>Loads a document with everything that belongs to it.</summary>
    /// <param name="index">The index.</param>
    /// <param name="record">Its record.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The document, or <see langword="null"/> where it was removed meanwhile.</returns>
    public static async Task<IndexedDocument?> LoadAsync(
        IRetrievalIndex index, DocumentRecord record, CancellationToken cancellationToken)
    {
        string? text = await index.LoadTextAsync(record.Id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string>? hashes = await index.LoadTokenHashesAsync(record.Id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Passage>? passages = await index.LoadPassagesAsync(record.Id, cancellationToken).ConfigureAwait(false);
        SummaryEmbeddings? summary = await index.LoadSummaryAsync(record.Id, cancellationToken).ConfigureAwait(false);
        return text is null || hashes is null || passages is null || summary is null
            ? null
            : new IndexedDocument(record.Id, record.Group, record.ContentHash, text, record.Tokens, hashes, passages, summary)
            {
                Fidelity = await index.LoadFidelityAsync(record.Id, cancellationToken).ConfigureAwait(false),
                Familiarity = await index.LoadFamiliarityAsync(record.Id, cancellationToken).ConfigureAwait(false),
                Origin = record.Origin,
            };
    }

    private static bool AreEqual(IndexedDocument? left, IndexedDocument? right) =>
        left is not null && right is not null && left.Text == right.Text && left.TokenHashes.SequenceEqual(right.TokenHashes)
        && left.Passages.Count == right.Passages.Count && left.Passages.Zip(right.Passages).All(pair => AreEqual(pair.First, pair.Second))
        && AreEqual(left.Summary, right.Summary) && AreEqual(left.Fidelity, right.Fidelity) && AreEqual(left.Familiarity, right.Familiarity);

    private static bool AreEqual(Passage left, Passage right) =>
        (left.Start, left.Length) == (right.Start, right.Length) && left.Vector.Span.SequenceEqual(right.Vector.Span);

    private static bool AreEqual(SummaryEmbeddings left, SummaryEmbeddings right) =>
        (left.Count, left.Width, left.Encoding, left.Fingerprint) == (right.Count, right.Width, right.Encoding, right.Fingerprint)
        && left.Segments.SequenceEqual(right.Segments) && left.Payload.Span.SequenceEqual(right.Payload.Span);

    private static bool AreEqual(DocumentFidelity? left, DocumentFidelity? right) => left is null || right is null
        ? left == right
        : left with { Segments = [] } == right with { Segments = [] } && left.Segments.SequenceEqual(right.Segments);

    private static bool AreEqual(DocumentFamiliarity? left, DocumentFamiliarity? right) => left is null || right is null
        ? left == right
        : (left.PiecesPerWord, left.Loss) == (right.PiecesPerWord, right.Loss)
            && left.Unknown.OrderBy(kind => kind.Key, StringComparer.Ordinal).SequenceEqual(
                right.Unknown.OrderBy(kind => kind.Key, StringComparer.Ordinal));
}
