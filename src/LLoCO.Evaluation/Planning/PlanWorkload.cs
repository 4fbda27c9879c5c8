using System.ComponentModel.DataAnnotations;
using LLoCO.Core;

namespace LLoCO.Evaluation.Planning;

/// <summary>What is to be read and asked.</summary>
public sealed record PlanWorkload
{
    /// <summary>Gets the tokens of one document.</summary>
    [Range(1, int.MaxValue)]
    public required int DocumentTokens { get; init; }

    /// <summary>Gets how many documents there are; one adapter reads them all.</summary>
    /// <value>Default 1.</value>
    [Range(1, int.MaxValue)]
    public int Documents { get; init; } = 1;

    /// <summary>Gets the questions expected, over all documents.</summary>
    /// <value>Default 100.</value>
    [Range(1, int.MaxValue)]
    public int Questions { get; init; } = 100;

    /// <summary>Gets the tokens of a question with its prompt.</summary>
    /// <value>Default 64.</value>
    [Range(1, 1 << 20)]
    public int QuestionTokens { get; init; } = 64;

    /// <summary>Gets the tokens of an answer.</summary>
    /// <value>Default 32.</value>
    [Range(1, 1 << 20)]
    public int AnswerTokens { get; init; } = 32;

    /// <summary>Gets the raw tokens that retrieval puts in front of a question.</summary>
    /// <value>Default 2,048; never more than the native window leaves, nor than the document has.</value>
    [Range(1, int.MaxValue)]
    public int RetrievedTokens { get; init; } = 2048;

    /// <summary>Gets the tokens of a segment.</summary>
    /// <value>Default <see langword="null"/>: the model's segment length. Segments that end with a sentence are shorter.</value>
    [Range(1, 1 << 20)]
    public int? SegmentTokens { get; init; }

    /// <summary>Gets the question/answer pairs that the adapter is trained on.</summary>
    /// <value>Default 0: there is an adapter already, or none is used.</value>
    [Range(0, int.MaxValue)]
    public int TrainingPairs { get; init; }

    /// <summary>Gets how often training goes over the pairs.</summary>
    /// <value>Default 3, the original's.</value>
    [Range(1, 1000)]
    public int TrainingEpochs { get; init; } = 3;
}
