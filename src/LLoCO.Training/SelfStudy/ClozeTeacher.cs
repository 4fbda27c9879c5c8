using System.Text.Encodings.Web;
using System.Text.Json;
using LLoCO.Core.Numerics;

namespace LLoCO.Training.SelfStudy;

/// <summary>
/// A teacher without a model: it takes sentences of the text, and asks for a name, a number, a date, a code or a noun in them, with a
/// gap in its place (<c>Complete: …</c>) or in the sentence turned into a question (<c>When was the mill built?</c>).
/// </summary>
/// <remarks>
/// Used with <see cref="StudyPrompt.Cloze"/>, beside or in place of a teacher that writes freely. Answers are words of the text. A
/// sentence is left out where it would be no question by itself: it begins with a pronoun, quotes somebody, or has nothing beside the
/// gap by which it could be found; or where another sentence of the text fits the gap with another answer. Gaps serve every language
/// that has capitals or digits; sentences are turned in English only. Gaps as questions: cloze tests as in CNN/Daily Mail
/// (arXiv 1506.03340).
/// </remarks>
public sealed class ClozeTeacher : ITeacher
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public string Fingerprint => "cloze/1";

    /// <summary>Gets the most tokens of a prompt: no bound.</summary>
    public int MaxPromptTokens => int.MaxValue;

    /// <inheritdoc/>
    public Task<IReadOnlyList<TeacherReply>> AskAsync(TeacherRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        List<ClozePair> pairs = Unambiguous(request.Prompt);
        SeededRandom.For(request.Seed, "cloze").Shuffle(pairs);
        IEnumerable<string> lines = pairs.Take(request.Count)
            .Select(pair => JsonSerializer.Serialize(new { question = pair.Question, answer = pair.Answer }, Json));
        string text = string.Join('\n', lines);
        return Task.FromResult<IReadOnlyList<TeacherReply>>(text.Length == 0 ? [] : [new TeacherReply(text)]);
    }

    /// <summary>The pairs of a text without those whose question has several answers.</summary>
    private static List<ClozePair> Unambiguous(string text) =>
        [.. ClozeSentences.Find(text).SelectMany(sentence => ClozeGaps.Ask(sentence).Concat(TurnedQuestions.Ask(sentence)))
            .GroupBy(pair => pair.Question, StringComparer.OrdinalIgnoreCase)
            .Where(same => same.Select(pair => pair.Answer).Distinct(StringComparer.OrdinalIgnoreCase).Count() == 1)
            .Select(same => same.First())];
}

/// <summary>A question made of a sentence.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">Words of the sentence.</param>
internal readonly record struct ClozePair(string Question, string Answer);
