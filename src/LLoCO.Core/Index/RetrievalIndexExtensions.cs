using LLoCO.Core.Compression;

namespace LLoCO.Core.Index;

/// <summary>What every index can do with what it already can.</summary>
public static class RetrievalIndexExtensions
{
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
