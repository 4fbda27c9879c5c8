using Orleans;

namespace LLoCO.Orleans;

/// <summary>What a job is to do.</summary>
/// <param name="Kind">What its units are.</param>
[GenerateSerializer]
[Immutable]
public sealed record JobSpec(JobKind Kind)
{
    /// <summary>Gets the group of the documents, or of the adapter.</summary>
    /// <value>Default <c>default</c>.</value>
    [Id(0)]
    public string Group { get; init; } = "default";

    /// <summary>Gets the priority: units of a job with a larger one are taken first, those of equal ones from the older job.</summary>
    /// <value>Default 0; -100 to 100.</value>
    [Id(1)]
    public int Priority { get; init; }

    /// <summary>Gets whether documents may replace others of the same id that have another group or are from another file.</summary>
    /// <value>Default <see langword="false"/>.</value>
    [Id(2)]
    public bool Replaces { get; init; }

    /// <summary>Gets how an adapter is trained.</summary>
    /// <value>Default <see langword="null"/>; needed by <see cref="JobKind.Finetune"/>, refused by the other kind.</value>
    [Id(3)]
    public FinetuneSpec? Finetune { get; init; }
}
