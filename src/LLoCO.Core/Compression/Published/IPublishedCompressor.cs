namespace LLoCO.Core.Compression.Published;

/// <summary>A compressor of another project, with what its decoder was trained to read around the vectors and the question.</summary>
internal interface IPublishedCompressor : IContextCompressor, IAsyncDisposable
{
    /// <summary>Gets the vectors around summary embeddings.</summary>
    PrefixFrame Frame { get; }

    /// <summary>Gets the prompt template of a model that brings none.</summary>
    string Prompt { get; }

    /// <summary>Gets the ids behind every prompt; they may be special tokens, which no text becomes.</summary>
    IReadOnlyList<int> PromptEnd { get; }
}
