using LLoCO.Core.Index;

namespace LLoCO.Core;

/// <content>Where documents are kept.</content>
public sealed partial class LlocoPipelineBuilder
{
    /// <summary>
    /// Keeps documents in a SQLite file, which is created if it does not exist. Without an index, documents are kept in memory.
    /// </summary>
    /// <param name="file">The file, or a name of a kind that was added (<see cref="AddIndexKind"/>).</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseIndex(string file) => Set(settings => settings.IndexFile = NotNull(file));

    /// <summary>Adds a kind of index that <see cref="UseIndex(string)"/> and the configuration may name in place of a file, such as an
    /// address of a server.</summary>
    /// <param name="find">Gives what opens the index of a name, or <see langword="null"/> where the name is not of this kind. The pipeline
    /// disposes what it opens.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder AddIndexKind(Func<string, Func<CancellationToken, Task<IRetrievalIndex>>?> find) =>
        Set(settings => settings.IndexKinds.Add(NotNull(find)));

    /// <summary>Keeps documents in the caller's index.</summary>
    /// <param name="index">The index; stays the caller's.</param>
    /// <returns>This builder.</returns>
    public LlocoPipelineBuilder UseIndex(IRetrievalIndex index) => Set(settings => settings.Index = NotNull(index));
}
