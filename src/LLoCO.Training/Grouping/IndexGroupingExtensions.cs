using LLoCO.Core.Index;

namespace LLoCO.Training.Grouping;

/// <summary>Groups of documents that an index holds already.</summary>
public static class IndexGroupingExtensions
{
    /// <summary>Moves documents to other groups, with all their parts. Their summary embeddings stay as they are: the compressor does
    /// not know groups.</summary>
    /// <param name="index">The index.</param>
    /// <param name="groups">The new group of each document, by id.</param>
    /// <param name="cancellationToken">Checked before each document. An index file moves all documents or none; other indexes keep
    /// those that were moved.</param>
    /// <returns>The number of documents moved; ids that the index does not hold are passed over.</returns>
    public static async Task<int> RegroupAsync(
        this IRetrievalIndex index, IReadOnlyDictionary<string, string> groups, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(groups);
        foreach (string group in groups.Values.Distinct())
        {
            IndexGuard.CheckName(group, "group");
        }

        if (index is IRegroupable own)
        {
            return await own.RegroupAsync(groups, cancellationToken).ConfigureAwait(false);
        }

        int moved = 0;
        foreach ((string id, string group) in groups)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<DocumentRecord> parts =
                await DocumentParts.FindAsync(index, id, 1, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
            foreach (DocumentRecord part in parts)
            {
                await MoveAsync(index, part, group, cancellationToken).ConfigureAwait(false);
            }

            moved += parts.Count > 0 ? 1 : 0;
        }

        return moved;
    }

    private static async Task MoveAsync(
        IRetrievalIndex index, DocumentRecord record, string group, CancellationToken cancellationToken)
    {
        if (record.Group != group
            && await IndexCopier.LoadAsync(index, record, cancellationToken).ConfigureAwait(false) is { } document)
        {
            await index.PutAsync(document with { Group = group }, cancellationToken).ConfigureAwait(false);
        }
    }
}
