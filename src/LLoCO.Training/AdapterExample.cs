using LLoCO.Core.Compression;

namespace LLoCO.Training;

/// <summary>A training example of an adapter: documents, a question about them, and its answer. Immutable.</summary>
public sealed record AdapterExample
{
    /// <summary>Gets the example's id, for messages.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the summary embeddings in front, in prefix order; none for a question without documents.</summary>
    /// <value>Default empty. All carry the model's fingerprint.</value>
    public IReadOnlyList<SummaryEmbeddings> Documents { get; init; } = [];

    /// <summary>Gets ids of raw text between the summaries and the prompt: for baselines that read the text itself, and for
    /// chunks that are expanded.</summary>
    /// <value>Default empty.</value>
    public ReadOnlyMemory<int> RawText { get; init; }

    /// <summary>Gets the prompt's ids, instruction and question; at least one. Nothing is learned on them.</summary>
    public required ReadOnlyMemory<int> Prompt { get; init; }

    /// <summary>Gets the answer's ids with the end token; at least one. They are what is learned.</summary>
    public required ReadOnlyMemory<int> Answer { get; init; }

    /// <summary>Gets the teacher's distribution at each token of the answer: as many as <see cref="Answer"/> has.</summary>
    /// <value>Default <see langword="null"/>: there is no teacher.</value>
    public IReadOnlyList<TeacherToken>? Teacher { get; init; }

    /// <summary>Gets the accepted answers, by which a validation metric judges.</summary>
    /// <value>Default empty.</value>
    public IReadOnlyList<string> AcceptedAnswers { get; init; } = [];

    /// <summary>Gets the weight of the example's tokens.</summary>
    /// <value>Default 1; above 0.</value>
    public double Weight { get; init; } = 1;

    /// <summary>Gets the positions that the example takes.</summary>
    internal int Positions => Documents.Sum(document => document.Count) + RawText.Length + Prompt.Length + Answer.Length;
}

/// <summary>A teacher's most probable tokens at one position of an answer.</summary>
/// <param name="Ids">Token ids, the most probable first.</param>
/// <param name="LogProbabilities">Their natural-log probabilities under the teacher; as many as there are ids.</param>
public sealed record TeacherToken(ReadOnlyMemory<int> Ids, ReadOnlyMemory<float> LogProbabilities);
