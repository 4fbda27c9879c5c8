using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Readers;

namespace LLoCO.Tool.Verbs;

/// <summary>Looks at a folder again and again, compresses what is new or changed, and removes what is gone.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="console">Where results go.</param>
/// <param name="folder">The folder.</param>
/// <param name="group">The group of its documents.</param>
internal sealed class WatchRun(LlocoPipeline pipeline, ToolConsole console, string folder, string group)
{
    private readonly Dictionary<string, (string Id, long Length, DateTime Written)> _known = new(StringComparer.Ordinal);
    private bool _hasLooked;

    /// <summary>Looks until it is cancelled.</summary>
    /// <param name="pause">The time between two looks.</param>
    /// <param name="cancellationToken">Ends it; finished segments are kept.</param>
    public async Task RunAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pause);
        do
        {
            await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Looks once.</summary>
    /// <param name="cancellationToken">Cancels; finished segments are kept.</param>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FoundFile> files = await pipeline.Index.KeepIdsAsync(Find(cancellationToken), group, cancellationToken)
            .ConfigureAwait(false);
        var changed = new List<SourceDocument>();
        foreach (FoundFile file in files)
        {
            var now = new FileInfo(file.Path);
            (string, long, DateTime) state = (file.Id, now.Exists ? now.Length : -1, now.LastWriteTimeUtc);
            if (!_known.TryGetValue(file.Path, out (string, long, DateTime) before) || before != state)
            {
                _known[file.Path] = state;
                changed.Add(DocumentReaders.Default.ToDocument(file.Path, group, file.Id));
            }
        }

        if (changed.Count > 0)
        {
            await new CompressRun(pipeline, console).RunAsync(changed, cancellationToken).ConfigureAwait(false);
        }

        foreach (string gone in _known.Keys.Except(files.Select(file => file.Path)).ToArray())
        {
            string id = _known[gone].Id;
            _known.Remove(gone);
            await RemoveAsync(id, gone, cancellationToken).ConfigureAwait(false);
        }

        if (!_hasLooked)
        {
            await RemoveStaleAsync(files, cancellationToken).ConfigureAwait(false);
            _hasLooked = true;
        }
    }

    /// <summary>Removes documents whose files went while nobody watched: a file of this folder is found by its id, which is its path
    /// there.</summary>
    private async Task RemoveStaleAsync(IReadOnlyList<FoundFile> files, CancellationToken cancellationToken)
    {
        HashSet<string> present = [.. files.Select(file => file.Id)];
        DocumentRecord[] all = await pipeline.Index.ListAsync(group, cancellationToken).ToArrayAsync(cancellationToken).ConfigureAwait(false);
        foreach (DocumentRecord record in all.Where(record => record.Origin is not null && !present.Contains(record.Id)))
        {
            string path = Path.GetFullPath(Path.Combine(folder, record.Id));
            if (!File.Exists(path))
            {
                await RemoveAsync(record.Id, path, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Removes a document that was read from a file of this folder. One of the same id that came from elsewhere stays.</summary>
    private async Task RemoveAsync(string id, string path, CancellationToken cancellationToken)
    {
        DocumentRecord? record = await pipeline.Index.FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (record?.Origin == SourceDocument.OriginOf(path) && await pipeline.DeleteAsync(id, cancellationToken).ConfigureAwait(false))
        {
            console.Result(new { document = id, removed = true }, $"{id}: removed, since its file is gone");
        }
    }

    private IReadOnlyList<FoundFile> Find(CancellationToken cancellationToken) => Directory.Exists(folder)
        ? new DocumentFiles(DocumentReaders.Default.Extensions) { AllowsNone = true }.Find([folder], cancellationToken)
        : throw new LlocoException($"The folder '{folder}' does not exist.");
}
