using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Decoding;

namespace LLoCO.Core;

/// <summary>How one question is answered. Everything left out comes from the pipeline.</summary>
public sealed record AskOptions
{
    /// <summary>As <see cref="Adapter"/>: the base model, even where an adapter is named as the group.</summary>
    public const string NoAdapter = "none";

    /// <summary>Gets the group to search.</summary>
    /// <value>Default <see langword="null"/>: all; the group of the best passage is then the one that answers.</value>
    public string? Group { get; init; }

    /// <summary>Gets the documents to read, in prefix order; retrieval then only ranks passages inside them.</summary>
    /// <value>Default empty: retrieval chooses.</value>
    /// <remarks>They must be of one group, since one adapter reads them.</remarks>
    public IReadOnlyList<string> DocumentIds { get; init; } = [];

    /// <summary>Gets the most documents to compose in one prefix.</summary>
    /// <value>Default <see langword="null"/>: the pipeline's (<see cref="LlocoPipelineBuilder.UseTopK"/>).</value>
    [Range(1, 1024)]
    public int? TopK { get; init; }

    /// <summary>Gets the name of the adapter that reads the prefix, or <see cref="NoAdapter"/>.</summary>
    /// <value>Default <see langword="null"/>: the adapter named as the group, where there is one.</value>
    public string? Adapter { get; init; }

    /// <summary>Gets how to choose tokens and when to stop.</summary>
    /// <value>Default <see langword="null"/>: the pipeline's.</value>
    public GenerationOptions? Generation { get; init; }

    /// <summary>Gets what to do when the documents do not fit the native window.</summary>
    /// <value>Default <see langword="null"/>: the pipeline's.</value>
    public WindowPolicy? WindowPolicy { get; init; }

    /// <summary>Gets what the decoder reads in front of the question.</summary>
    /// <value>Default <see cref="ContextMode.Summary"/>.</value>
    public ContextMode Context { get; init; } = ContextMode.Summary;

    /// <summary>Gets whether the best passages are read as raw tokens beside the summary embeddings; looked at with
    /// <see cref="ContextMode.Summary"/> only.</summary>
    /// <value>Default <see langword="null"/>: the pipeline's (<see cref="LlocoPipelineBuilder.UseExpand"/>).</value>
    public ExpandOptions? Expand { get; init; }

    /// <summary>Gets a text to read in place of indexed documents.</summary>
    /// <value>Default <see langword="null"/>: documents from the index.</value>
    /// <remarks>Only in the raw-text modes: a summary must be ingested first.</remarks>
    public string? ContextText { get; init; }
}
