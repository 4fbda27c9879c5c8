using LLoCO.Core.Index;

namespace LLoCO.Training.Memories;

/// <summary>Documents of an index as they were, to put them back where work on them fails: a memory that took hours to learn is not lost to a
/// run that cannot begin.</summary>
public sealed class MemoryBackup
{
    private readonly IRetrievalIndex _index;
    private readonly IReadOnlyList<IndexedDocument> _documents;

    private MemoryBackup(IRetrievalIndex index, IReadOnlyList<IndexedDocument> documents) => (_index, _documents) = (index, documents);

    /// <summary>Reads documents into memory.</summary>
    /// <param name="index">The index.</param>
    /// <param name="documentIds">Ids; those that it does not have are left out.</param>
    /// <param name="cancellationToken">Checked between documents.</param>
    /// <returns>The documents, with text, passages and memory.</returns>
    public static async Task<MemoryBackup> TakeAsync(
        IRetrievalIndex index, IEnumerable<string> documentIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(documentIds);
        var documents = new List<IndexedDocument>();
        foreach (string id in documentIds.Distinct(StringComparer.Ordinal))
        {
            if (await index.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } record
                && await IndexCopier.LoadAsync(index, record, cancellationToken).ConfigureAwait(false) is { } document)
            {
                documents.Add(document);
            }
        }

        return new MemoryBackup(index, documents);
    }

    /// <summary>Puts back what has another memory now. Documents that were added or removed since stay so.</summary>
    /// <param name="cancellationToken">Checked between documents.</param>
    /// <returns>The ids of the documents that were put back.</returns>
    public async Task<IReadOnlyList<string>> RestoreAsync(CancellationToken cancellationToken = default)
    {
        var restored = new List<string>();
        foreach (IndexedDocument document in _documents)
        {
            if (await _index.LoadSummaryAsync(document.Id, cancellationToken).ConfigureAwait(false) is { } now
                && !now.Payload.Span.SequenceEqual(document.Summary.Payload.Span))
            {
                await _index.PutAsync(document, cancellationToken).ConfigureAwait(false);
                restored.Add(document.Id);
            }
        }

        return restored;
    }
}
