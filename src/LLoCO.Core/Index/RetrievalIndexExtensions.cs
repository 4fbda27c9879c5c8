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
