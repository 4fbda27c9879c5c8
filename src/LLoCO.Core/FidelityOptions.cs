using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Trust;

namespace LLoCO.Core;

/// <summary>Whether and how the fidelity of documents is measured when they are ingested.</summary>
/// <remarks>Each segment is read once more as raw text, and each probe three times: an ingest takes about two to three times as
/// long. <see cref="IngestResult.FidelityTime"/> tells what it took.</remarks>
public sealed record FidelityOptions
{
    /// <summary>Gets the most probes per segment that are made of the document's own sentences.</summary>
    /// <value>Default 4.</value>
    [Range(1, 64)]
    public int ProbesPerSegment { get; init; } = 4;

    /// <summary>Gets the score below which <see cref="Below"/> is done.</summary>
    /// <value>Default 0: never.</value>
    [Range(0.0, 1.0)]
    public double Threshold { get; init; }

    /// <summary>Gets what is done with a document whose score is below the threshold.</summary>
    /// <value>Default <see cref="FidelityAction.Mark"/>.</value>
    public FidelityAction Below { get; init; } = FidelityAction.Mark;

    /// <summary>Gets questions about a document, by its id, in place of probes made of its own sentences. They are asked with the
    /// adapter of the document's group, where there is one.</summary>
    /// <value>Default <see langword="null"/>: none. A document without questions gets probes of its own.</value>
    public Func<string, IReadOnlyList<FidelityProbe>>? Probes { get; init; }
}

/// <summary>A question about a document with its answer.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer, as the model should write it.</param>
public sealed record FidelityProbe(string Question, string Answer);

/// <summary>What is done with a document whose fidelity is below the threshold.</summary>
public enum FidelityAction
{
    /// <summary>It goes into the index; the score stands there.</summary>
    Accept = 0,

    /// <summary>It goes into the index and is marked: <see cref="ExpandWhen.Auto"/> reads its passages raw at once.</summary>
    Mark = 1,

    /// <summary>Its ingest fails with a <see cref="FidelityTooLowException"/>; the index holds what it held before.</summary>
    Refuse = 2,
}
