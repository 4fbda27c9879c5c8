using System.ComponentModel.DataAnnotations;
using LLoCO.Core;
using LLoCO.Core.Validation;

namespace LLoCO.Training;

/// <summary>What all trainers share: steps, learning rate, batches, checkpoints, validation.</summary>
public abstract record TrainingOptions
{
    /// <summary>Gets the highest learning rate.</summary>
    /// <value>Default 2e-5, that of the original's scripts, for 7B. Small models need more: the embedded one about 3e-3.</value>
    [Range(0.0, 1.0)]
    public double LearningRate { get; init; } = 2e-5;

    /// <summary>Gets the share of all steps in which the rate rises from zero to <see cref="LearningRate"/>.</summary>
    /// <value>Default 0.04, the original's.</value>
    [Range(0.0, 1.0)]
    public double WarmUp { get; init; } = 0.04;

    /// <summary>Gets the share of the rate that is left at the end of the cosine.</summary>
    /// <value>Default 0, the original's; 1 for a constant rate.</value>
    [Range(0.0, 1.0)]
    public double FinalRate { get; init; }

    /// <summary>Gets AdamW's decoupled weight decay.</summary>
    /// <value>Default 0, the original's.</value>
    [Range(0.0, 1.0)]
    public double WeightDecay { get; init; }

    /// <summary>Gets AdamW's decay rate of the mean of squared gradients.</summary>
    /// <value>Default 0.999. From scratch, 0.95 to 0.98 settles faster.</value>
    [Range(0.0, 0.999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Gets the norm to which the gradients of a step are scaled down, all together.</summary>
    /// <value>Default 1, that of the library which the original trains with; 0 for no limit.</value>
    [Range(0.0, 1e9)]
    public double ClipNorm { get; init; } = 1;

    /// <summary>Gets how often all examples are seen.</summary>
    /// <value>Default 3, the original's.</value>
    [Range(1, 1_000_000)]
    public int Epochs { get; init; } = 3;

    /// <summary>Gets the steps after which training ends all the same; the learning rate's schedule then spans these.</summary>
    /// <value>Default <see langword="null"/>: as many as the epochs have.</value>
    [Range(1, int.MaxValue)]
    public int? MaxSteps { get; init; }

    /// <summary>Gets the examples of one pass through the model.</summary>
    /// <value>Default 8, the original's.</value>
    [Range(1, 1 << 16)]
    public int BatchSize { get; init; } = 8;

    /// <summary>Gets the passes whose gradients are summed for one step: batches that memory does not hold at once.</summary>
    /// <value>Default 1.</value>
    /// <remarks>The loss is the mean over the learned tokens of all passes of a step: two passes of 4 equal one of 8.</remarks>
    [Range(1, 1 << 16)]
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>Gets the seed of initial weights, order of examples and dropout.</summary>
    /// <value>Default 1. The same seed, data and thread count give the same weights.</value>
    public long Seed { get; init; } = 1;

    /// <summary>Gets the steps between two checkpoints. An interrupted run goes on from the last one.</summary>
    /// <value>Default 50. When it is cancelled, a run also leaves one at the step it has reached.</value>
    [Range(1, int.MaxValue)]
    public int CheckpointEvery { get; init; } = 50;

    /// <summary>Gets the steps between two validations.</summary>
    /// <value>Default <see langword="null"/>: after each epoch. There is always one after the last step.</value>
    [Range(1, int.MaxValue)]
    public int? ValidateEvery { get; init; }

    /// <summary>Gets after how many validations without a lower loss training ends.</summary>
    /// <value>Default 0: it does not end early. Needs validation examples.</value>
    [Range(0, int.MaxValue)]
    public int Patience { get; init; }

    /// <summary>Says what is out of range.</summary>
    /// <exception cref="LlocoException">Something is; the message lists all of it.</exception>
    internal void Check()
    {
        IReadOnlyList<string> faults = OptionsFaults.Find(this);

        // What options must be together is asked only of options that each are what they must be.
        faults = faults.Count > 0 ? faults : [.. Faults()];
        if (faults.Count > 0)
        {
            throw new LlocoException($"The training options cannot be used. {string.Join(" ", faults)}");
        }
    }

    private protected virtual IEnumerable<string> Faults() => [];
}
