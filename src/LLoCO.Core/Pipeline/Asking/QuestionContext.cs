using LLoCO.Core.Compression;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>What the decoder reads in front of a question: summary embeddings, raw text, both, or nothing.</summary>
internal sealed record QuestionContext
{
    /// <summary>The context of a question that is asked alone.</summary>
    public static readonly QuestionContext None = new();

    /// <summary>Gets the summary embeddings; they come first.</summary>
    public IReadOnlyList<SummaryEmbeddings> Prefix { get; init; } = [];

    /// <summary>Gets the token ids of raw text; they stand between the summary embeddings and the prompt.</summary>
    public IReadOnlyList<int> RawText { get; init; } = [];

    /// <summary>Gets where it all comes from, what is read raw first; nothing for a text that is no document.</summary>
    public IReadOnlyList<AnswerSource> Sources { get; init; } = [];

    /// <summary>Gets the tokens of the whole documents, however much of them is read.</summary>
    public int DocumentTokens { get; init; }

    /// <summary>Gets which raw passages stand beside the summary embeddings; <see langword="null"/> where none do.</summary>
    public AnswerExpansion? Expansion { get; init; }

    /// <summary>Gets the summary embeddings in front, counted.</summary>
    public int SummaryVectors => Prefix.Sum(one => one.Count);
}
