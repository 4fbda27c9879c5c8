using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Trust;

namespace LLoCO.Core;

/// <summary>Whether and how the fidelity of documents is measured when they are ingested.</summary>
/// <remarks>
/// The model processes each segment once more as raw text, and each probe three times, so ingestion takes about two to three
/// times as long. <see cref="IngestResult.FidelityTime"/> has the time.
/// </remarks>
public sealed record FidelityOptions
{
    /// <summary>Gets the maximum number of probes per segment that are made from the document's own sentences.</summary>
    /// <value>Default 4.</value>
    [Range(1, 64)]
    public int ProbesPerSegment { get; init; } = 4;

    /// <summary>Gets the score below which <see cref="Below"/> applies.</summary>
    /// <value>Default 0: never.</value>
    [Range(0.0, 1.0)]
    public double Threshold { get; init; }

    /// <summary>Gets the action for a document with a score below the threshold.</summary>
    /// <value>Default <see cref="FidelityAction.Mark"/>.</value>
    public FidelityAction Below { get; init; } = FidelityAction.Mark;

    /// <summary>
    /// Gets questions about documents, by document id, in place of probes made from sentences. They are asked with the adapter of
    /// the document's group, if there is one.
    /// </summary>
    /// <value>Default <see langword="null"/>: none. A document without questions gets probes made from its sentences.</value>
    public Func<string, IReadOnlyList<FidelityProbe>>? Probes { get; init; }
}

/// <summary>A question about a document with its answer.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer, as the model should write it.</param>
public sealed record FidelityProbe(string Question, string Answer);

/// <summary>The action for a document with a fidelity below the threshold.</summary>
public enum FidelityAction
{
    /// <summary>The document is stored, with its score.</summary>
    Accept = 0,

    /// <summary>The document is stored with a mark: <see cref="ExpandWhen.Auto"/> expands its passages at once.</summary>
    Mark = 1,

    /// <summary>Its ingestion fails with a <see cref="FidelityTooLowException"/>; the index does not change.</summary>
    Refuse = 2,
}
