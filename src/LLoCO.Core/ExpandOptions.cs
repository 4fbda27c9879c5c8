using System.ComponentModel.DataAnnotations;

namespace LLoCO.Core;

/// <summary>
/// Whether the passages that match a question best are added as raw tokens to the summary embeddings, as REFRAG (arXiv
/// 2509.01092) expands selected chunks.
/// </summary>
/// <remarks>
/// <para>All summary embeddings stay in front, including those of the expanded passages, so the cached prefix can still be used.
/// The passages follow, before the question; only whole passages are added, as many as fit the native window.</para>
/// <para>An adapter reads the mixture well only if it was trained on raw text too, as the adapters of the embedded model
/// are.</para>
/// </remarks>
public sealed record ExpandOptions
{
    /// <summary>Gets the options that never expand: the default of a pipeline.</summary>
    public static ExpandOptions Never { get; } = new() { When = ExpandWhen.Never };

    /// <summary>Gets the options that expand for every question.</summary>
    public static ExpandOptions Always { get; } = new() { When = ExpandWhen.Always };

    /// <summary>Gets the options that expand if the summary seems insufficient.</summary>
    public static ExpandOptions Auto { get; } = new() { When = ExpandWhen.Auto };

    /// <summary>Gets when to expand.</summary>
    /// <value>Default <see cref="ExpandWhen.Auto"/>.</value>
    public ExpandWhen When { get; init; } = ExpandWhen.Auto;

    /// <summary>Gets the maximum number of passages to expand.</summary>
    /// <value>Default 3. A passage has 100 to 200 words (<see cref="Retrieval.PassageSplitterOptions"/>).</value>
    [Range(1, 1024)]
    public int Passages { get; init; } = 3;

    /// <summary>Gets the confidence (<see cref="Trust.AnswerConfidence.Value"/>) below which
    /// <see cref="ExpandWhen.Auto"/> answers again.</summary>
    /// <value>Default 0.5.</value>
    [Range(0.0, 1.0)]
    public double MinConfidence { get; init; } = 0.5;

    /// <summary>Gets the stored fidelity of a document below which <see cref="ExpandWhen.Auto"/> expands at once.</summary>
    /// <value>Default 0: none. Documents that were marked at ingestion are always expanded at once.</value>
    [Range(0.0, 1.0)]
    public double MinFidelity { get; init; }
}

/// <summary>When passages are expanded.</summary>
public enum ExpandWhen
{
    /// <summary>Answers are never expanded.</summary>
    Never = 0,

    /// <summary>
    /// Every question is expanded. It is an error if the best passage does not fit the native window, unless the window policy
    /// allows leaving something out.
    /// </summary>
    Always = 1,

    /// <summary>
    /// A question is expanded at once if a document's fidelity is low. Otherwise it is answered from the summary, and again with
    /// passages if the confidence is low and there is room. Streaming starts when the final answer is known.
    /// </summary>
    Auto = 2,
}
