using System.ComponentModel.DataAnnotations;

namespace LLoCO.Training.SelfStudy;

/// <summary>Which questions a teacher gets about documents, how many, and which pairs are kept.</summary>
public sealed record SelfStudyOptions
{
    /// <summary>Gets the seed prompts; each is asked about each stretch of text.</summary>
    /// <value>Default: <see cref="StudyPrompt.Cue"/>, which the embedded model was trained for. Teachers that follow instructions
    /// take <see cref="StudyPrompt.Instructed"/>.</value>
    public IReadOnlyList<StudyPrompt> Prompts { get; init; } = [StudyPrompt.Cue];

    /// <summary>Gets the most tokens of a stretch of text, by the student's tokenizer.</summary>
    /// <value>Default <see langword="null"/>: a segment of the student's compressor, or 512 where there is none; in any case no
    /// more than the teacher's window holds beside the prompt.</value>
    [Range(16, 1 << 20)]
    public int? ChunkTokens { get; init; }

    /// <summary>Gets how often each stretch is asked about with each prompt, from another seed each time.</summary>
    /// <value>Default 1.</value>
    [Range(1, 1 << 20)]
    public int Rounds { get; init; } = 1;

    /// <summary>Gets the pairs wanted from one request.</summary>
    /// <value>Default 8. A local teacher reads the text once for all of them.</value>
    [Range(1, 1024)]
    public int PairsPerRequest { get; init; } = 8;

    /// <summary>Gets the most requests; those whose replies are kept from an earlier run count too, so that a run that goes on
    /// ends with the same pairs.</summary>
    /// <value>Default 100,000.</value>
    [Range(1, int.MaxValue)]
    public int MaxRequests { get; init; } = 100_000;

    /// <summary>Gets the most pairs. Rounds go over all documents in turn, so a small budget covers all of them.</summary>
    /// <value>Default 100,000.</value>
    [Range(1, int.MaxValue)]
    public int MaxPairs { get; init; } = 100_000;

    /// <summary>Gets the maximum number of concurrent requests.</summary>
    /// <value>Default 1. More helps only with teachers that are reached over a network.</value>
    [Range(1, 256)]
    public int Concurrency { get; init; } = 1;

    /// <summary>Gets the first seed.</summary>
    /// <value>Default 7.</value>
    public int Seed { get; init; } = 7;

    /// <summary>Gets the most characters of a question.</summary>
    /// <value>Default 500.</value>
    [Range(1, 1 << 20)]
    public int MaxQuestionLength { get; init; } = 500;

    /// <summary>Gets the most characters of an answer.</summary>
    /// <value>Default 1,000.</value>
    [Range(1, 1 << 20)]
    public int MaxAnswerLength { get; init; } = 1000;

    /// <summary>Gets the least probability that a teacher gave its answer, the geometric mean over the answer's tokens.</summary>
    /// <value>Default 0.5. Not used if the teacher gives no probabilities.</value>
    [Range(0.0, 1.0)]
    public double MinConfidence { get; init; } = 0.5;
}
