namespace LLoCO.Training.SelfStudy;

/// <summary>
/// Writes questions and answers about a stretch of raw text that it sees in its prompt: the model itself, where the stretch fits
/// its window, or any larger one (self-study, arXiv 2506.06266). Implementations are safe for concurrent use.
/// </summary>
public interface ITeacher
{
    /// <summary>Gets an identifier of this teacher: model, adapter and sampling. Cached replies with another fingerprint are not
    /// used.</summary>
    string Fingerprint { get; }

    /// <summary>Gets the most tokens of a prompt, counted by the student's tokenizer.</summary>
    int MaxPromptTokens { get; }

    /// <summary>Writes replies to a request about a text.</summary>
    /// <param name="request">What to write about, how often, and from which seed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The replies: as many as requested, or one that contains several pairs.</returns>
    Task<IReadOnlyList<TeacherReply>> AskAsync(TeacherRequest request, CancellationToken cancellationToken = default);
}

/// <summary>A request to a teacher.</summary>
/// <param name="Prompt">The whole prompt, the raw text in it.</param>
/// <param name="Count">How many pairs of question and answer are wanted; at least 1.</param>
/// <param name="Seed">Another seed gives other questions; a teacher that takes no seed may ignore it.</param>
public sealed record TeacherRequest(string Prompt, int Count, int Seed)
{
    /// <summary>Gets the text behind which the likeliest tokens are written, not drawn ones.</summary>
    /// <value>Default <see langword="null"/>: all tokens are drawn.</value>
    /// <remarks>Questions should vary, but the answer should be the most probable one.</remarks>
    public string? GreedyAfter { get; init; }
}

/// <summary>A teacher's reply.</summary>
/// <param name="Text">The text, end tokens left out.</param>
/// <param name="Tokens">Its tokens by the student's tokenizer, an end token included, with what else the teacher thought likely;
/// empty where the teacher does not tell.</param>
public sealed record TeacherReply(string Text, IReadOnlyList<ReplyToken> Tokens)
{
    /// <summary>Creates a reply of a teacher that gives text only.</summary>
    /// <param name="text">The text.</param>
    public TeacherReply(string text)
        : this(text, [])
    {
    }
}

/// <summary>A token of a reply, and the likeliest tokens at its place.</summary>
/// <param name="Id">The token that was written.</param>
/// <param name="Start">Index of its first character in the reply's text.</param>
/// <param name="LogProbability">Its natural-log probability.</param>
/// <param name="TopIds">The likeliest tokens, the likeliest first; empty where none were kept.</param>
/// <param name="TopLogProbabilities">Their natural-log probabilities.</param>
public sealed record ReplyToken(
    int Id, int Start, float LogProbability, IReadOnlyList<int> TopIds, IReadOnlyList<float> TopLogProbabilities);
