using LLoCO.Core.Decoding;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>A question with all that is settled before its context is read. It is kept while the question is answered, so that
/// a second reading neither searches nor loads again.</summary>
internal sealed record AskedQuestion
{
    /// <summary>Gets the question.</summary>
    public required string Text { get; init; }

    /// <summary>Gets what the caller asked for, checked.</summary>
    public required AskOptions Options { get; init; }

    /// <summary>Gets how tokens are chosen; the pipeline's where the question does not say.</summary>
    public required GenerationOptions Generation { get; init; }

    /// <summary>Gets whether to expand; the pipeline's where the question does not say.</summary>
    public required ExpandOptions Expand { get; init; }

    /// <summary>Gets who gives way in the window; the pipeline's where the question does not say.</summary>
    public required WindowPolicy Policy { get; init; }

    /// <summary>Gets the documents that it is answered from.</summary>
    public required ChosenDocuments Chosen { get; init; }

    /// <summary>Gets the adapter that reads; <see langword="null"/> for the base model.</summary>
    public required string? Adapter { get; init; }

    /// <summary>Gets the ids of template and question.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>Gets the window with what prompt and answer take of it.</summary>
    public required WindowBudget Budget { get; init; }

    /// <summary>Gets the documents' texts and summary embeddings, loaded once.</summary>
    public required DocumentContents Contents { get; init; }
}
