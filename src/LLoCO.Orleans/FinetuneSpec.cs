using Orleans;

namespace LLoCO.Orleans;

/// <summary>How a job trains the adapter of a group.</summary>
/// <param name="Questions">The file of questions (docs/files.md), at a path that every silo has.</param>
[GenerateSerializer]
[Immutable]
public sealed record FinetuneSpec(string Questions)
{
    /// <summary>Gets how often all questions are seen.</summary>
    /// <value>Default 3; at least 1.</value>
    [Id(0)]
    public int Epochs { get; init; } = 3;

    /// <summary>Gets the steps after which training ends all the same.</summary>
    /// <value>Default <see langword="null"/>: as many as the epochs have.</value>
    [Id(1)]
    public int? MaxSteps { get; init; }

    /// <summary>Gets the highest learning rate.</summary>
    /// <value>Default <see langword="null"/>: the trainer's.</value>
    [Id(2)]
    public double? LearningRate { get; init; }

    /// <summary>Gets the steps between two checkpoints: at most so many are lost with a silo.</summary>
    /// <value>Default 50; at least 1.</value>
    [Id(3)]
    public int CheckpointEvery { get; init; } = 50;

    /// <summary>Gets the questions of one pass.</summary>
    /// <value>Default 8; at least 1.</value>
    [Id(4)]
    public int BatchSize { get; init; } = 8;

    /// <summary>Gets the seed of the run.</summary>
    /// <value>Default 1.</value>
    [Id(5)]
    public long Seed { get; init; } = 1;
}
