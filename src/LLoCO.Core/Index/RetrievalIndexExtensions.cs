using System.Runtime.CompilerServices;
using LLoCO.Core.Compression;

namespace LLoCO.Core.Index;

/// <summary>What every index can do with what it already can.</summary>
public static class RetrievalIndexExtensions
{
    /// <summary>Lists documents, by id. A document that is longer than the decoder can hold is kept in parts, which
    /// <see cref="IRetrievalIndex.ListAsync"/> lists one by one; here it is one.</summary>
    /// <param name="index">The index.</param>
    /// <param name="group">Only this group, or all with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The records; those of parts are summed up, with the content hash of the first part.</returns>
    public static async IAsyncEnumerable<DocumentRecord> ListDocumentsAsync(
        this IRetrievalIndex index, string? group = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        List<DocumentRecord> records = await index.ListAsync(group, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (IGrouping<string, DocumentRecord> parts in records.GroupBy(record => DocumentParts.DocumentOf(record.Id)))
        {
            yield return DocumentParts.Join([.. parts.OrderBy(part => DocumentParts.NumberOf(part.Id))]) with { Id = parts.Key };
        }
    }

    /// <summary>Loads the text of a document with all its parts.</summary>
    /// <param name="index">The index.</param>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The text that the places of an answer's sources refer to; <see langword="null"/> where there is no such
    /// document.</returns>
    public static async Task<string?> LoadWholeTextAsync(
        this IRetrievalIndex index, string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        var texts = new List<string>();
        while (await index.LoadTextAsync(DocumentParts.IdOf(documentId, texts.Count + 1), cancellationToken).ConfigureAwait(false)
            is { } text)
        {
            texts.Add(text);
        }

        return texts.Count == 0 ? null : string.Concat(texts);
    }

    /// <summary>Copies all documents into another index, of whatever kind, one after the other. Those that are there already are passed
    /// over, so that a copy that was interrupted goes on where it was. What the target holds besides stays. Checkpoints of documents that
    /// are being ingested are not copied.</summary>
    /// <param name="source">The index to read.</param>
    /// <param name="target">The index to write, of the same model, or empty.</param>
    /// <param name="verify">Whether every document is compared whole: those that are there before they are passed over, and those that were
    /// written after that.</param>
    /// <param name="cancellationToken">Cancels between documents.</param>
    /// <returns>Each document, and whether it was written, by id. A document that is removed meanwhile is left out.</returns>
    /// <exception cref="LlocoException">The target belongs to another model, or does not give back what was written.</exception>
    public static async IAsyncEnumerable<(DocumentRecord Document, bool Written)> CopyToAsync(
        this IRetrievalIndex source,
        IRetrievalIndex target,
        bool verify = false,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        await foreach (DocumentRecord record in source.ListAsync(null, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await IndexCopier.CompareAsync(record, source, target, verify, cancellationToken).ConfigureAwait(false))
            {
                yield return (record, false);
            }
            else if (await IndexCopier.LoadAsync(source, record, cancellationToken).ConfigureAwait(false) is { } document)
            {
                await target.PutAsync(document, cancellationToken).ConfigureAwait(false);
                if (verify && !await IndexCopier.CompareAsync(record, source, target, whole: true, cancellationToken).ConfigureAwait(false))
                {
                    throw new LlocoException(
                        $"Document '{record.Id}' differs from the original after it was copied. Another writer changed one of them "
                        + "meanwhile, or an index is damaged: copy again.");
                }

                yield return (record, true);
            }
        }
    }

    /// <summary>Writes the summary embeddings of all documents, or of one group, as a summary cache that the original's Python
    /// code reads (<see cref="SummaryCacheFile.Write"/>): texts, groups and the fingerprint stay behind.</summary>
    /// <param name="index">The index. Its vectors are held in memory together while they are written.</param>
    /// <param name="path">The <c>.pth</c> file; its folder must exist.</param>
    /// <param name="group">Only this group, or all with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels before the file is written.</param>
    /// <returns>The number of documents written.</returns>
    public static async Task<int> ExportSummariesAsync(
        this IRetrievalIndex index, string path, string? group = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var summaries = new List<SummaryEmbeddings>();
        await foreach (DocumentRecord document in index.ListAsync(group, cancellationToken).ConfigureAwait(false))
        {
            // A document deleted meanwhile has none.
            if (await index.LoadSummaryAsync(document.Id, cancellationToken).ConfigureAwait(false) is { } summary)
            {
                summaries.Add(summary);
            }
        }

        SummaryCacheFile.Write(path, summaries);
        return summaries.Count;
    }
}
