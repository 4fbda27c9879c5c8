using System.Runtime.CompilerServices;
using LLoCO.Core;
using LLoCO.Core.Index;

namespace LLoCO.Readers;

/// <summary>Ingestion of files of all formats that are read.</summary>
public static class PipelineReaderExtensions
{
    /// <summary>Compresses files, and the files of folders, into the pipeline's index.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="paths">Files and folders. Files of a folder that no reader knows are passed over; a file that is named is a failed
    /// result then.</param>
    /// <param name="group">The group of the documents.</param>
    /// <param name="readers">The readers; <see cref="DocumentReaders.Default"/> with <see langword="null"/>.</param>
    /// <param name="progress">As for <see cref="LlocoPipeline.IngestAsync(IEnumerable{SourceDocument}, IProgress{IngestProgress}?,
    /// CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Checked before each segment.</param>
    /// <returns>One result per file, as there. Their ids are <see cref="FoundFile.Id"/>; a file that the index holds under another id
    /// keeps that.</returns>
    /// <exception cref="LlocoException">As <see cref="DocumentFiles.Find"/>.</exception>
    public static async IAsyncEnumerable<IngestResult> IngestFilesAsync(
        this LlocoPipeline pipeline,
        IReadOnlyList<string> paths,
        string group = SourceDocument.DefaultGroup,
        DocumentReaders? readers = null,
        IProgress<IngestProgress>? progress = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        readers ??= DocumentReaders.Default;
        IReadOnlyList<FoundFile> files = new DocumentFiles(readers.Extensions).Find(paths, cancellationToken);
        files = await pipeline.Index.KeepIdsAsync(files, group, cancellationToken).ConfigureAwait(false);
        IEnumerable<SourceDocument> documents = files.Select(file => readers.ToDocument(file.Path, group, file.Id));
        await foreach (IngestResult result in pipeline.IngestAsync(documents, progress, cancellationToken).ConfigureAwait(false))
        {
            yield return result;
        }
    }

    /// <summary>Gives files that an index holds already the ids that they have there, so that none is held twice.</summary>
    /// <param name="index">The index.</param>
    /// <param name="files">The files.</param>
    /// <param name="group">Only documents of this group count, or all with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The same files.</returns>
    public static async Task<IReadOnlyList<FoundFile>> KeepIdsAsync(
        this IRetrievalIndex index, IReadOnlyList<FoundFile> files, string? group, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(files);
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (DocumentRecord record in index.ListAsync(group, cancellationToken).ConfigureAwait(false))
        {
            if (record.Origin is { } origin)
            {
                known.TryAdd(origin, record.Id);
            }
        }

        HashSet<string> given = [.. files.Select(file => file.Id)];
        return [.. files.Select(file => known.TryGetValue(SourceDocument.OriginOf(file.Path), out string? id) && !given.Contains(id)
            ? file with { Id = id }
            : file)];
    }
}
