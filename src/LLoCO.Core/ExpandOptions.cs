using System.ComponentModel.DataAnnotations;

namespace LLoCO.Core;

/// <summary>Whether the passages that fit a question best are read as raw tokens beside the summary embeddings, as REFRAG (arXiv
/// 2509.01092) expands chosen chunks.</summary>
/// <remarks>
/// <para>All summary embeddings stay in front, those of the expanded passages too, so that the keys and values of the prefix are
/// still
/// those that were kept. Passages come behind them, before the question, whole and only as many as the native window has room
/// for.</para>
/// <para>An adapter reads the mixture well only where it was trained on raw text too, as the embedded model's are.</para>
/// </remarks>
public sealed record ExpandOptions
{
    /// <summary>Gets the options that never expand: the default of a pipeline.</summary>
    public static ExpandOptions Never { get; } = new() { When = ExpandWhen.Never };

    /// <summary>Gets the options that expand for every question.</summary>
    public static ExpandOptions Always { get; } = new() { When = ExpandWhen.Always };

    /// <summary>Gets the options that expand where the summary seems not to be enough.</summary>
    public static ExpandOptions Auto { get; } = new() { When = ExpandWhen.Auto };

    /// <summary>Gets when to expand.</summary>
    /// <value>Default <see cref="ExpandWhen.Auto"/>.</value>
    public ExpandWhen When { get; init; } = ExpandWhen.Auto;

    /// <summary>Gets the most passages to expand.</summary>
    /// <value>Default 3. A passage has 100 to 200 words (<see cref="Retrieval.PassageSplitterOptions"/>).</value>
    [Range(1, 1024)]
    public int Passages { get; init; } = 3;

    /// <summary>Gets the confidence (<see cref="Trust.AnswerConfidence.Value"/>) below which
    /// <see cref="ExpandWhen.Auto"/> answers again.</summary>
    /// <value>Default 0.5.</value>
    [Range(0.0, 1.0)]
    public double MinConfidence { get; init; } = 0.5;

    /// <summary>Gets the stored fidelity of a document below which <see cref="ExpandWhen.Auto"/> expands at once.</summary>
    /// <value>Default 0: none. Documents that were marked at ingest are expanded at once whatever this says.</value>
    [Range(0.0, 1.0)]
    public double MinFidelity { get; init; }
}

/// <summary>When passages are expanded.</summary>
public enum ExpandWhen
{
    /// <summary>Answers are never expanded.</summary>
    Never = 0,

    /// <summary>For every question. An error where the native window has no room for the best passage, unless the window policy
    /// leaves things out.</summary>
    Always = 1,

    /// <summary>At once where a document's fidelity is low; else the question is answered from the summary, and again with
    /// passages where that answer's confidence is low and there is room. Nothing is streamed before it is known which answer
    /// counts.</summary>
    Auto = 2,
}
