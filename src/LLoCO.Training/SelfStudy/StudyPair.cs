using LLoCO.Core;

namespace LLoCO.Training.SelfStudy;

/// <summary>A document to study.</summary>
/// <param name="Id">Its id, as the index has it.</param>
/// <param name="Text">Its whole text.</param>
public sealed record StudyDocument(string Id, string Text);

/// <summary>A question with an answer that a teacher wrote about a document.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Prompt">Name of the seed prompt.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Start">Index of the first character, in the document, of the stretch that the teacher saw.</param>
/// <param name="Length">Characters of that stretch.</param>
public sealed record StudyPair(string DocumentId, string Prompt, string Question, string Answer, int Start, int Length)
{
    /// <summary>Gets the answer's tokens with the likeliest tokens at each place: what a student is trained on besides the
    /// answer.</summary>
    /// <value>Empty where the teacher does not tell.</value>
    public IReadOnlyList<ReplyToken> AnswerTokens { get; init; } = [];

    /// <summary>Gets the probability that the teacher gave its answer, the geometric mean over the tokens.</summary>
    /// <value>1 where the teacher does not tell.</value>
    public double Confidence { get; init; } = 1;
}

/// <summary>Why a reply, or a pair in it, was dropped.</summary>
public enum StudyFault
{
    /// <summary>No question with an answer was found.</summary>
    Malformed = 0,

    /// <summary>The question or the answer is empty.</summary>
    Empty = 1,

    /// <summary>The question or the answer is longer than the options allow.</summary>
    TooLong = 2,

    /// <summary>The answer, or a name in the question, does not stand in the text (prompts that are extractive).</summary>
    Ungrounded = 3,

    /// <summary>The teacher gave its answer too little probability.</summary>
    Unsure = 4,

    /// <summary>The document has this question already, with the same answer.</summary>
    Duplicate = 5,

    /// <summary>The document has this question with another answer that the teacher was surer of.</summary>
    Conflicting = 6,
}

/// <summary>The result of self-study.</summary>
/// <param name="Pairs">The pairs that were kept, in the order of the documents.</param>
/// <param name="Requests">Requests answered.</param>
/// <param name="Cached">How many of them were answered by an earlier run.</param>
/// <param name="Replies">Replies read.</param>
/// <param name="Dropped">Pairs and replies that were dropped, by reason; reasons without any are left out.</param>
/// <param name="Failures">Requests that ended with an error; they are asked again by the next run.</param>
public sealed record StudyResult(
    IReadOnlyList<StudyPair> Pairs,
    int Requests,
    int Cached,
    int Replies,
    IReadOnlyDictionary<StudyFault, int> Dropped,
    IReadOnlyList<Exception> Failures);

/// <summary>The progress of self-study.</summary>
/// <param name="Requests">Requests done.</param>
/// <param name="TotalRequests">Requests in all, if no budget ends them before.</param>
/// <param name="Pairs">Pairs kept so far.</param>
public readonly record struct StudyProgress(int Requests, int TotalRequests, int Pairs);
