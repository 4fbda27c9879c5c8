using LLoCO.Core.Compression.Published;
using LLoCO.Core.Decoding;
using LLoCO.Core.Tokenization.Chat;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>A question with everything that is decided before its context is read. It is kept while the question is answered, so
/// a second attempt neither searches nor loads again.</summary>
internal sealed record AskedQuestion
{
    /// <summary>Gets the question.</summary>
    public required string Text { get; init; }

    /// <summary>Gets the words to search for: the question's, and those of the last turns before it.</summary>
    public required string Search { get; init; }

    /// <summary>Gets the caller's options, validated.</summary>
    public required AskOptions Options { get; init; }

    /// <summary>Gets the generation options; the pipeline's if the question sets none.</summary>
    public required GenerationOptions Generation { get; init; }

    /// <summary>Gets the expansion options; the pipeline's if the question sets none.</summary>
    public required ExpandOptions Expand { get; init; }

    /// <summary>Gets the doubt policy; the pipeline's if the question sets none.</summary>
    public required DoubtPolicy DoubtPolicy { get; init; }

    /// <summary>Gets the window policy; the pipeline's if the question sets none.</summary>
    public required WindowPolicy Policy { get; init; }

    /// <summary>Gets the documents to answer from.</summary>
    public required ChosenDocuments Chosen { get; init; }

    /// <summary>Gets the adapter; <see langword="null"/> for the base model.</summary>
    public required string? Adapter { get; init; }

    /// <summary>Gets the positions of the adapter's own keys and values; 0 where it has none.</summary>
    public required int KeyValues { get; init; }

    /// <summary>Gets what stands around summary embeddings; nothing where none are read.</summary>
    public required PrefixFrame Frame { get; init; }

    /// <summary>Gets the ids of template and question.</summary>
    public required EncodedPrompt Prompt { get; init; }

    /// <summary>Gets the window budget with the positions of prompt and answer.</summary>
    public required WindowBudget Budget { get; init; }

    /// <summary>Gets the documents' texts and summary embeddings, loaded once.</summary>
    public required DocumentContents Contents { get; init; }
}
