using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Decoding;

namespace LLoCO.Core;

/// <summary>How one question is answered. Options that are not set have the pipeline's values.</summary>
public sealed record AskOptions
{
    /// <summary>As <see cref="Adapter"/>: the base model, even if an adapter has the name of the group.</summary>
    public const string NoAdapter = "none";

    /// <summary>Gets the group to search.</summary>
    /// <value>Default <see langword="null"/>: search all groups and use the group of the best passage.</value>
    public string? Group { get; init; }

    /// <summary>Gets the documents to read, in prefix order; retrieval then only ranks passages inside them.</summary>
    /// <value>Default empty: retrieval chooses.</value>
    /// <remarks>They must be of one group, since one adapter reads them, unless <see cref="Adapter"/> is named.</remarks>
    public IReadOnlyList<string> DocumentIds { get; init; } = [];

    /// <summary>Gets the maximum number of documents in one prefix.</summary>
    /// <value>Default <see langword="null"/>: the pipeline's (<see cref="LlocoPipelineBuilder.UseTopK"/>).</value>
    [Range(1, 1024)]
    public int? TopK { get; init; }

    /// <summary>Gets the name of the adapter that reads the prefix, or <see cref="NoAdapter"/>.</summary>
    /// <value>Default <see langword="null"/>: the adapter with the name of the group, or the base model if there is none.</value>
    /// <remarks>Where it is set and <see cref="Group"/> is not, several documents of one prefix may be of several groups.</remarks>
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

    /// <summary>
    /// Gets whether the best passages are added as raw tokens to the summary embeddings. Used only with
    /// <see cref="ContextMode.Summary"/>.
    /// </summary>
    /// <value>Default <see langword="null"/>: the pipeline's (<see cref="LlocoPipelineBuilder.UseExpand"/>).</value>
    public ExpandOptions? Expand { get; init; }

    /// <summary>Gets what is done where the answer is in doubt.</summary>
    /// <value>Default <see langword="null"/>: the pipeline's (<see cref="LlocoPipelineBuilder.UseDoubtPolicy"/>).</value>
    public DoubtPolicy? DoubtPolicy { get; init; }

    /// <summary>Gets a text to read in place of indexed documents.</summary>
    /// <value>Default <see langword="null"/>: documents from the index.</value>
    /// <remarks>Allowed only in the raw-text modes, because a summary must be ingested first.</remarks>
    public string? ContextText { get; init; }

    /// <summary>Gets the turns before the question, the oldest first. They stand as raw text between the documents and the question,
    /// and retrieval searches for the words of the last ones too, so that a question may refer to them.</summary>
    /// <value>Default empty.</value>
    /// <remarks>They take the room that documents, question and answer leave in the native window (half of it in
    /// <see cref="ContextMode.Truncated"/> and <see cref="ContextMode.Passages"/>). The oldest are left out where they do not fit;
    /// <see cref="LlocoAnswer.TurnsRead"/> says how many were read.</remarks>
    public IReadOnlyList<ConversationTurn> History { get; init; } = [];

    /// <summary>Gets a text that stands raw between the documents and the turns, such as an application's instructions.</summary>
    /// <value>Default <see langword="null"/>: none. It never gives way.</value>
    public string? Instructions { get; init; }
}
