using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Orleans.Work;
using LLoCO.Training;

namespace LLoCO.Orleans;

/// <summary>What a silo works with: its index, its model, its readers of files.</summary>
public sealed class LlocoSiloSetup
{
    /// <summary>Gets what opens the index that all silos share.</summary>
    /// <value>Required: a PostgreSQL index, or a SQLite file for silos on one machine.</value>
    public required Func<CancellationToken, Task<IRetrievalIndex>> Index { get; init; }

    /// <summary>Gets the description of the pipeline: model, device, adapters. The silo sets its index and builds it.</summary>
    /// <value>Required.</value>
    public required LlocoPipelineBuilder Pipeline { get; init; }

    /// <summary>Gets what makes a document of a file.</summary>
    /// <value>By default text files are read.</value>
    public OpenDocument Documents { get; init; } =
        (document, group, replaces) => SourceDocument.FromFile(document.Path, group, document.Id, replaces);

    /// <summary>Gets how adapters are trained where a job does not say.</summary>
    /// <value>By default as the original does.</value>
    public AdapterTrainingOptions Training { get; init; } = new();
}
