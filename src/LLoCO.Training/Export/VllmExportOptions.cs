using LLoCO.Core;

namespace LLoCO.Training.Export;

/// <summary>What is handed to a vLLM server.</summary>
public sealed record VllmExportOptions
{
    /// <summary>Gets the document of the index.</summary>
    public required string DocumentId { get; init; }

    /// <summary>Gets the question.</summary>
    /// <value>Default <see langword="null"/>: the chat request keeps the prompt's mark <c>{question}</c>, to be replaced, and there is
    /// no completion request, which would have to hold the question as vectors.</value>
    public string? Question { get; init; }

    /// <summary>Gets the adapter that reads, as in <see cref="AskOptions.Adapter"/>.</summary>
    /// <value>Default <see langword="null"/>: the one named as the document's group, where there is one.</value>
    public string? Adapter { get; init; }

    /// <summary>Gets the name under which the server serves the base model.</summary>
    /// <value>Default <see langword="null"/>: the model's own name.</value>
    public string? ServedModel { get; init; }

    /// <summary>Gets the most tokens of the answer; at least 1.</summary>
    /// <value>Default 64.</value>
    public int MaxNewTokens { get; init; } = 64;
}

/// <summary>What was written for a vLLM server.</summary>
/// <param name="Tokens">Summary embeddings: the rows of the tensor.</param>
/// <param name="Width">Numbers in each.</param>
/// <param name="Adapter">The adapter, or <see langword="null"/> for the base model.</param>
/// <param name="Files">The files, below the folder.</param>
public sealed record VllmExportResult(int Tokens, int Width, string? Adapter, IReadOnlyList<string> Files);
