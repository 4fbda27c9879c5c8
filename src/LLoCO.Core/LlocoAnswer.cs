using System.Text.Json.Serialization;
using LLoCO.Core.Decoding;
using LLoCO.Core.Trust;

namespace LLoCO.Core;

/// <summary>An answer with its sources, token counts and times.</summary>
/// <param name="Text">The answer, without white space around it.</param>
/// <param name="Finish">Why generation ended.</param>
/// <param name="Group">The group of the documents read; <see langword="null"/> if none was read, or documents of several groups.</param>
/// <param name="Adapter">The adapter that read the prefix; <see langword="null"/> for the base model.</param>
/// <param name="Sources">The text read: for each document its best passages first, or one entry for the whole document where no
/// passage matched the question.</param>
/// <param name="Tokens">Token counts.</param>
/// <param name="Times">Times.</param>
public sealed record LlocoAnswer(
    string Text,
    FinishReason Finish,
    string? Group,
    string? Adapter,
    IReadOnlyList<AnswerSource> Sources,
    AnswerTokens Tokens,
    AnswerTimes Times)
{
    /// <summary>Gets the probabilities of the answer's tokens. They are no probability of a right answer unless they are calibrated
    /// (<see cref="AnswerGrounding.Probability"/>).</summary>
    /// <remarks>Computed from the probabilities of the generated tokens, at no extra cost.</remarks>
    public AnswerConfidence Confidence { get; init; }

    /// <summary>Gets the raw passages added to the summary embeddings; <see langword="null"/> if there were none.</summary>
    public AnswerExpansion? Expansion { get; init; }

    /// <summary>Gets whether the answer is in the passages, and how likely it is right if that is known.</summary>
    public AnswerGrounding Grounding { get; init; } = new();

    /// <summary>Gets the reasons not to rely on the answer, as text; <see langword="null"/> if there are none, which is no promise that
    /// it is right. Show it with the answer.</summary>
    public string? Warning => Doubt.Join(Grounding.Doubts);

    /// <summary>Gets the number of turns of <see cref="AskOptions.History"/> that were read, counted from the last one.</summary>
    public int TurnsRead { get; init; }

    /// <summary>Gets whether another model gave the answer (<see cref="DoubtPolicy.HandOver"/>). Tokens and confidence are then
    /// 0.</summary>
    public bool IsHandedOver { get; init; }
}

/// <summary>A passage of a document that was read for an answer.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Start">Index of the passage's first UTF-16 character in the document's text.</param>
/// <param name="End">Index after its last character.</param>
/// <param name="Text">The passage.</param>
/// <param name="Score">How well it matches the question; larger is better, comparable within one answer; 0 if nothing
/// matched.</param>
public sealed record AnswerSource(string DocumentId, int Start, int End, string Text, double Score)
{
    /// <summary>
    /// Gets whether the decoder read its raw tokens, in place of the summary embeddings or in addition to them.
    /// </summary>
    public bool IsRaw { get; init; }

    /// <summary>Gets where it stands in the document, such as "page 12, Warranty"; <see langword="null"/> for a text without pages and
    /// headings.</summary>
    public string? Place { get; init; }
}

/// <summary>Token counts of one answer.</summary>
/// <param name="Raw">Tokens of the documents read, as text.</param>
/// <param name="Summary">Summary embeddings of these documents.</param>
/// <param name="Prompt">Prompt tokens: template and question, and in the raw-text modes the documents' tokens.</param>
/// <param name="Generated">Tokens generated, an end token included.</param>
public readonly record struct AnswerTokens(int Raw, int Summary, int Prompt, int Generated)
{
    /// <summary>
    /// Gets the summary embeddings and prompt tokens of a first answer that was discarded (<see cref="AnswerExpansion.First"/>);
    /// 0 if there was none.
    /// </summary>
    /// <remarks>Its JSON key is that of results files written by earlier builds.</remarks>
    [JsonPropertyName("first_reading")]
    public int FirstAttempt { get; init; }

    /// <summary>Gets the number of document tokens per summary embedding; 1 if none was used.</summary>
    public double Ratio => Summary == 0 ? 1 : (double)Raw / Summary;
}

/// <summary>Times of one answer.</summary>
/// <param name="Retrieve">Search, ranking and loading.</param>
/// <param name="FirstToken">From the call to the first generated token.</param>
/// <param name="Total">From the call to the last one.</param>
public readonly record struct AnswerTimes(TimeSpan Retrieve, TimeSpan FirstToken, TimeSpan Total);

/// <summary>A piece of a streamed answer.</summary>
/// <param name="Text">New text; never half a character. All pieces together are <see cref="LlocoAnswer.Text"/>.</param>
/// <param name="Answer">The whole answer with finish reason and usage in the last update; <see langword="null"/> before.</param>
public sealed record AnswerUpdate(string Text, LlocoAnswer? Answer = null);
