using LLoCO.Core.Index;

namespace LLoCO.Orleans;

/// <summary>Checkpoints as files of a folder that all silos share: a file for each document, written beside its place, flushed and renamed,
/// with a SHA-256 that is checked on reading.</summary>
/// <param name="folder">The folder; it is made when the first checkpoint is saved.</param>
public sealed class FolderCheckpointStore(string folder) : ICheckpointStore
{
    /// <inheritdoc/>
    public ValueTask SaveAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return new ValueTask(Task.Run(
            () =>
            {
                Directory.CreateDirectory(folder);
                Storage.SharedFile.Write(PathOf(checkpoint.DocumentId), Storage.CheckpointBytes.Write(checkpoint));
            },
            cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<IngestCheckpoint?> FindAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return new ValueTask<IngestCheckpoint?>(Task.Run(
            () => Storage.SharedFile.Find(PathOf(documentId)) is { } bytes
                && Storage.CheckpointBytes.Read(bytes) is { } found && found.DocumentId == documentId
                    ? found
                    : null,
            cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return new ValueTask(Task.Run(
            () =>
            {
                if (Directory.Exists(folder))
                {
                    File.Delete(PathOf(documentId));
                }
            },
            cancellationToken));
    }

    // Ids may hold any character; their hash may not.
    private string PathOf(string documentId) => Path.Combine(folder, ContentHash.OfText(documentId) + ".segments");
}
