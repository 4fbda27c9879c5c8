using LLoCO.Core.Index;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Writes to an index, which has one writer, for documents that are processed at the same time.</summary>
/// <param name="index">The index.</param>
internal sealed class IngestWriter(IRetrievalIndex index) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for its turn and writes.</summary>
    /// <param name="write">Writes.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async Task WriteAsync(Func<IRetrievalIndex, ValueTask> write, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await write(index).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes the last parts of a document that was longer once. A document that is in the index is not cancelled any
    /// more.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="first">The first part that it has no more.</param>
    public async Task RemovePartsAsync(string documentId, int first)
    {
        if (await index.FindAsync(DocumentParts.IdOf(documentId, first), CancellationToken.None).ConfigureAwait(false) is not null)
        {
            await WriteAsync(
                async to => await DocumentParts.DeleteAsync(to, documentId, first, CancellationToken.None).ConfigureAwait(false),
                CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
