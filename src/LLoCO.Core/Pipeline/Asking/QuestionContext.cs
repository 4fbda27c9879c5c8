using LLoCO.Core.Compression;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>The context in front of a question: summary embeddings, raw text, both, or nothing.</summary>
internal sealed record QuestionContext
{
    /// <summary>The empty context of a question alone.</summary>
    public static readonly QuestionContext None = new();

    /// <summary>Gets the summary embeddings; they come first.</summary>
    public IReadOnlyList<SummaryEmbeddings> Prefix { get; init; } = [];

    /// <summary>Gets the positions of the adapter's own keys and values, which stand in place of summary embeddings; 0 for
    /// none.</summary>
    public int KeyValues { get; init; }

    /// <summary>Gets the token ids of raw text, which come between the summary embeddings and the prompt; the conversation's
    /// last.</summary>
    public IReadOnlyList<int> RawText { get; init; } = [];

    /// <summary>Gets the sources, raw text first; empty for a text that is not from a document.</summary>
    public IReadOnlyList<AnswerSource> Sources { get; init; } = [];

    /// <summary>Gets the token count of the whole documents, even if only part of them is read.</summary>
    public int DocumentTokens { get; init; }

    /// <summary>Gets the raw passages added to the summary embeddings; <see langword="null"/> if there are none.</summary>
    public AnswerExpansion? Expansion { get; init; }

    /// <summary>Gets the turns of the conversation that are read.</summary>
    public int Turns { get; init; }

    /// <summary>Gets the number of positions in front: summary embeddings, or keys and values.</summary>
    public int SummaryVectors => KeyValues + Prefix.Sum(one => one.Count);
}
