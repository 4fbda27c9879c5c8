using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Families;

namespace LLoCO.Training;

/// <summary>How an adapter is trained. Defaults are those of the original's scripts (github jeffreysijuntan/lloco); the base
/// keeps its number format, the adapter and AdamW's state are float32.</summary>
public sealed record AdapterTrainingOptions : TrainingOptions
{
    /// <summary>Gets the rank of the update.</summary>
    /// <value>Default 8.</value>
    [Range(1, 1 << 16)]
    public int Rank { get; init; } = 8;

    /// <summary>Gets alpha: the update is scaled by alpha / rank.</summary>
    /// <value>Default 16.</value>
    [Range(1e-9, 1e9)]
    public double Alpha { get; init; } = 16;

    /// <summary>Gets the share of inputs of the update that a step drops.</summary>
    /// <value>Default 0.05.</value>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.05;

    /// <summary>Gets the linear layers that are adapted. Where a model has several in one matrix (<c>qkv_proj</c>), naming one adapts
    /// the matrix.</summary>
    /// <value>Default query, key, value and output.</value>
    public IReadOnlyList<LoraTarget> Targets { get; init; } =
        [LoraTarget.Query, LoraTarget.Key, LoraTarget.Value, LoraTarget.Output];

    /// <summary>Gets a PEFT folder to go on from; its rank, alpha and targets then count.</summary>
    /// <value>Default <see langword="null"/>: a fresh adapter, which changes nothing at first.</value>
    public string? StartFrom { get; init; }

    /// <summary>Gets how many questions about the same documents share one copy of their prefix without seeing each
    /// other.</summary>
    /// <value>Default 1, the original's: one row per question. More is faster by up to that factor where prefixes are
    /// long.</value>
    [Range(1, 1 << 12)]
    public int QuestionsPerPrefix { get; init; } = 1;

    /// <summary>Gets the maximum number of other documents added to a question's own, as retrieval of several documents
    /// needs.</summary>
    /// <value>Default 0, the original's. The documents of the examples are divided into sets of one to this number plus one, anew
    /// in each epoch, in random order; sets that the native window does not hold are smaller.</value>
    /// <remarks>Examples must be of one group, each with one document at most. An epoch costs about what it costs without, where
    /// <see cref="QuestionsPerPrefix"/> lets questions share their prefix.</remarks>
    [Range(0, 1023)]
    public int Distractors { get; init; }

    /// <summary>Gets the weight of the loss against a teacher's distribution, where an example carries one
    /// (<see cref="AdapterExample.Teacher"/>).</summary>
    /// <value>Default 1.</value>
    [Range(0.0, 1e6)]
    public double TeacherWeight { get; init; } = 1;

    /// <summary>Gets the weight of the loss on the answer's own tokens, in examples with a teacher; 1 in all others.</summary>
    /// <value>Default 0.5.</value>
    [Range(0.0, 1e6)]
    public double AnswerWeightBesideTeacher { get; init; } = 0.5;

    private protected override IEnumerable<string> Faults()
    {
        if (Targets.Count == 0 || Targets.Distinct().Count() < Targets.Count || !Targets.All(Enum.IsDefined))
        {
            yield return $"{nameof(Targets)} must name at least one layer, each once.";
        }

        if (TeacherWeight + AnswerWeightBesideTeacher <= 0)
        {
            yield return $"{nameof(TeacherWeight)} and {nameof(AnswerWeightBesideTeacher)} cannot both be 0.";
        }
    }
}
