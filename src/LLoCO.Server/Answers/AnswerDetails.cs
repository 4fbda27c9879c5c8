using LLoCO.Core;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>What OpenAI's form has no place for: sources, confidence, counts, times. It stands under the key <c>lloco</c>.</summary>
internal static class AnswerDetails
{
    /// <summary>Makes the object.</summary>
    /// <param name="response">The response, with the answer as its raw representation.</param>
    /// <param name="request">The request. Where it may not learn the scores of sources, it is not told them: they depend on all documents
    /// of the index, so that a key which is bound to groups would learn from them which words stand in documents of others.</param>
    /// <returns>The object; <see langword="null"/> where the answer is not this library's.</returns>
    public static object? Create(ChatResponse response, AnswerRequest request) => response.RawRepresentation is not LlocoAnswer answer ? null : new
    {
        group = answer.Group,
        adapter = answer.Adapter,
        warning = answer.Warning,
        sources = answer.Sources.Select(source => new
        {
            document = source.DocumentId,
            start = source.Start,
            end = source.End,
            place = source.Place,
            text = source.Text,
            score = request.TellsScores ? source.Score : (double?)null,
            raw = source.IsRaw,
        }),
        grounding = new
        {
            in_passages = answer.Grounding.IsInPassages,
            document = answer.Grounding.Source?.DocumentId,
            start = answer.Grounding.Source?.Start,
            end = answer.Grounding.Source?.End,
            probability = answer.Grounding.Probability,
        },
        token_probability = answer.Confidence.Least,
        tokens = new
        {
            document = answer.Tokens.Raw, summary = answer.Tokens.Summary, prompt = answer.Tokens.Prompt, generated = answer.Tokens.Generated,
        },
        turns_read = answer.TurnsRead,
        full_context = request.FullContext?.Invoke(answer.Tokens.Raw) is { } cost
            ? new { seconds_first_token = cost.SecondsFirstToken, fits_window = cost.FitsWindow }
            : null,
        seconds = new { first_token = answer.Times.FirstToken.TotalSeconds, total = answer.Times.Total.TotalSeconds },
    };
}
