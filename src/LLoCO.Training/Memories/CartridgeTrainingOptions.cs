using System.ComponentModel.DataAnnotations;
using LLoCO.Core;

namespace LLoCO.Training.Memories;

/// <summary>How the keys and values of documents are trained (cartridges, arXiv 2506.06266): by distillation against the model that
/// has the text in its window. Keys and values are trained in float32, the model is left as it is.</summary>
public sealed record CartridgeTrainingOptions : TrainingOptions
{
    /// <summary>Creates the defaults: a rate of 0.01, 8 epochs, 4 passes of 8 questions in a step.</summary>
    public CartridgeTrainingOptions()
    {
        LearningRate = 0.01;
        Epochs = 8;
        BatchSize = 8;
        AccumulationSteps = 4;
    }

    /// <summary>Gets the adapter that teacher and student read with, as in <see cref="AskOptions.Adapter"/>.</summary>
    /// <value>Default <see langword="null"/>: the one named as the document's group, if there is one.</value>
    public string? Adapter { get; init; }

    /// <summary>Gets where the training starts.</summary>
    /// <value>Default <see cref="CartridgeStart.Memory"/>.</value>
    public CartridgeStart Start { get; init; } = CartridgeStart.Memory;

    /// <summary>Gets the share of passes in which another document's memory stands in the prefix, too, in front or behind: what lets
    /// memories stand beside each other (arXiv 2606.04557).</summary>
    /// <value>Default 0.5. Documents whose memories do not fit the window together, or that are read with other adapters, stand
    /// alone.</value>
    [Range(0.0, 1.0)]
    public double DistractorShare { get; init; } = 0.5;

    /// <summary>Gets how many of the teacher's most probable tokens are learned at each place of an answer.</summary>
    /// <value>Default 16.</value>
    [Range(1, 1024)]
    public int TopLogits { get; init; } = 16;

    /// <summary>Gets the weight of the loss on the answer's own tokens, beside the teacher's.</summary>
    /// <value>Default 0.</value>
    [Range(0.0, 1e6)]
    public double AnswerWeight { get; init; }

    /// <summary>Gets whether the start's biases are kept; they are not trained. Without them, a memory can be written as PEFT's
    /// <c>CARTRIDGE</c>, which has none.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool KeepsBiases { get; init; } = true;

    /// <summary>Gets the rate at which an adapter is trained together with the memories: a copy of the one that reads them, or a fresh
    /// one where there is none (<see cref="AdapterRank"/>). The teacher reads with the adapter as it was. The run's folder is then a
    /// PEFT folder, with which the memories are to be asked.</summary>
    /// <value>Default 0: the adapter is left as it is.</value>
    /// <remarks>Memories that are read with several adapters are trained in a run each.</remarks>
    [Range(0.0, 1.0)]
    public double AdapterLearningRate { get; init; }

    /// <summary>Gets the rank of a fresh adapter, of query, key, value and output; alpha is twice as much.</summary>
    /// <value>Default 8. Where an adapter reads the memories already, its own rank counts.</value>
    [Range(1, 1 << 16)]
    public int AdapterRank { get; init; } = 8;

    private protected override IEnumerable<string> Faults()
    {
        if (WeightDecay > 0)
        {
            yield return $"{nameof(WeightDecay)} must be 0: it would pull keys and values, and the slots that are left alone, towards zero.";
        }
    }
}
