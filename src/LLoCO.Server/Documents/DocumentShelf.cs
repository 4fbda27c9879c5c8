using System.Runtime.CompilerServices;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Server.Access;

namespace LLoCO.Server.Documents;

/// <summary>The documents of a pipeline as callers may use them: those of their groups, as if there were no others.</summary>
/// <param name="pipeline">The pipeline.</param>
internal sealed class DocumentShelf(LlocoPipeline pipeline)
{
    /// <summary>Lists documents.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="group">Only this group, or all of the caller with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <exception cref="ServerException">The caller may not use the group.</exception>
    public async IAsyncEnumerable<DocumentRecord> ListAsync(
        Caller caller, string? group, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (group is not null)
        {
            caller.PickGroup(group);
        }

        await foreach (DocumentRecord record in pipeline.Index.ListDocumentsAsync(group, cancellationToken).ConfigureAwait(false))
        {
            if (caller.MaySee(record.Group))
            {
                yield return record;
            }
        }
    }

    /// <summary>Finds a document.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ServerException">There is none, or not for this caller, which is told the same.</exception>
    public async Task<DocumentRecord> FindAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        DocumentRecord? record = id.Length == 0 ? null : await pipeline.Index.FindAsync(id, cancellationToken).ConfigureAwait(false);
        return record is not null && caller.MaySee(record.Group)
            ? record
            : throw new ServerException(404, "document_not_found", $"There is no document '{id}'.", "id");
    }

    /// <summary>Finds the group of a search: the one that is named, or the only one of the caller.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="group">The group that the request names; <see langword="null"/> for none.</param>
    public static string? PickGroup(Caller caller, string? group) => caller.PickGroup(string.IsNullOrWhiteSpace(group) ? null : group);

    /// <summary>Refuses an upload whose id is taken by a document of others.</summary>
    /// <param name="caller">Whose document it is.</param>
    /// <param name="document">The document.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ServerException">It is taken.</exception>
    public async Task EnsureFreeAsync(Caller caller, SourceDocument document, CancellationToken cancellationToken)
    {
        DocumentRecord? there = await pipeline.Index.FindAsync(document.Id, cancellationToken).ConfigureAwait(false);
        if (there is not null && !caller.MaySee(there.Group))
        {
            throw new ServerException(409, "id_taken", "The document cannot have this id. Choose another.", "id");
        }
    }

    /// <summary>Adds a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="progress">Told of each segment.</param>
    /// <param name="cancellationToken">Cancels; finished segments are kept.</param>
    /// <exception cref="ServerException">It could not be added, for a reason that is the caller's.</exception>
    public async Task<IngestResult> AddAsync(
        SourceDocument document, IProgress<IngestProgress>? progress, CancellationToken cancellationToken)
    {
        await foreach (IngestResult result in pipeline.IngestAsync([document], progress, cancellationToken).ConfigureAwait(false))
        {
            return result.Failure is null
                ? result
                : ServerJson.Explain(result.Failure) is { } told
                    ? throw new ServerException(422, "not_ingested", told.Message)
                    : throw new LlocoException("The document could not be compressed.", result.Failure);
        }

        throw new LlocoException("The document gave no result.");
    }

    /// <summary>Loads the text of a document.</summary>
    /// <param name="record">The document.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<string> LoadTextAsync(DocumentRecord record, CancellationToken cancellationToken) =>
        await pipeline.Index.LoadWholeTextAsync(record.Id, cancellationToken).ConfigureAwait(false) ?? string.Empty;

    /// <summary>Deletes a document.</summary>
    /// <param name="record">The document.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task DeleteAsync(DocumentRecord record, CancellationToken cancellationToken) =>
        await pipeline.DeleteAsync(record.Id, cancellationToken).ConfigureAwait(false);
}
