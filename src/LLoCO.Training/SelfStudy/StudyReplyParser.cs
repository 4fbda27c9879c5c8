using System.Text.Json;
using System.Text.RegularExpressions;

namespace LLoCO.Training.SelfStudy;

/// <summary>A question with its answer as they stand in a reply.</summary>
/// <param name="Question">The question, trimmed.</param>
/// <param name="Answer">The answer, trimmed.</param>
/// <param name="AnswerStart">Index of the answer in the reply's text; -1 where it is written in another form there.</param>
internal readonly record struct ParsedPair(string Question, string Answer, int AnswerStart);

/// <summary>
/// Finds questions and answers in what a teacher wrote: JSON objects, labelled lines (<c>Question: … Answer: …</c>, also
/// <c>Q1. … A1. …</c>, in lists and in bold), or bare <c>QUESTION? ANSWER</c>. Models do not keep to one form.
/// </summary>
internal static partial class StudyReplyParser
{
    /// <summary>Finds the pairs of a reply.</summary>
    /// <param name="text">The reply.</param>
    /// <returns>The pairs, in order; parts of them may be empty. None where the reply has no form that is known.</returns>
    internal static IReadOnlyList<ParsedPair> Parse(string text) =>
        FromJson(text) is { Count: > 0 } objects ? objects
        : FromLabels(text) is { Count: > 0 } labelled ? labelled
        : FromBare(text);

    /// <summary>Takes the answer to a question that is known: the reply up to the end of its first sentence or line.</summary>
    internal static ParsedPair Completed(string question, string text)
    {
        int start = text.Length - text.TrimStart().Length;
        int end = text.AsSpan(start).IndexOfAny(".\n;");
        (string answer, int place) = Between(text, start, end < 0 ? text.Length : start + end);
        return new ParsedPair(question, answer, place);
    }

    private static List<ParsedPair> FromJson(string text)
    {
        var pairs = new List<ParsedPair>();
        int at = text.IndexOf('{', StringComparison.Ordinal);
        while (at >= 0)
        {
            int end = ObjectEnd(text, at);
            if (end < 0)
            {
                break;
            }

            AddObject(text[at..end], pairs);
            at = text.IndexOf('{', end);
        }

        return pairs;
    }

    /// <summary>Index behind the innermost-first balanced object that begins at a brace; -1 where it does not end.</summary>
    private static int ObjectEnd(string text, int start)
    {
        int depth = 0;
        bool quoted = false;
        for (int i = start; i < text.Length; i++)
        {
            char letter = text[i];
            if (quoted)
            {
                i += letter == '\\' ? 1 : 0;
                quoted = letter != '"';
                continue;
            }

            quoted = letter == '"';
            depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
            if (depth == 0)
            {
                return i + 1;
            }
        }

        return -1;
    }

    private static void AddObject(string json, List<ParsedPair> pairs)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            AddObject(document.RootElement, pairs);
        }
        catch (JsonException)
        {
            // Braces in running text are no JSON: another form may fit the reply.
        }
    }

    private static void AddObject(JsonElement element, List<ParsedPair> pairs)
    {
        string? question = Text(element, "question", "q");
        string? answer = Text(element, "answer", "a");
        if (question is not null && answer is not null)
        {
            pairs.Add(new ParsedPair(question.Trim(), answer.Trim(), -1));
            return;
        }

        // {"pairs": [{…}, {…}]}
        foreach (JsonElement inner in element.EnumerateObject().Select(member => member.Value)
            .Where(value => value.ValueKind == JsonValueKind.Array).SelectMany(value => value.EnumerateArray())
            .Where(value => value.ValueKind == JsonValueKind.Object))
        {
            AddObject(inner, pairs);
        }
    }

    private static string? Text(JsonElement element, params string[] names) => element.EnumerateObject()
        .Where(member => names.Contains(member.Name, StringComparer.OrdinalIgnoreCase)
            && member.Value.ValueKind == JsonValueKind.String)
        .Select(member => member.Value.GetString()).FirstOrDefault();

    private static List<ParsedPair> FromLabels(string text)
    {
        var pairs = new List<ParsedPair>();
        MatchCollection labels = Label().Matches(text);
        for (int i = 0; i + 1 < labels.Count; i++)
        {
            if (IsQuestion(labels[i]) && !IsQuestion(labels[i + 1]))
            {
                (string question, _) = Between(text, End(labels[i]), labels[i + 1].Index);
                int end = i + 2 < labels.Count ? labels[i + 2].Index : text.Length;
                (string answer, int start) = Between(text, End(labels[i + 1]), end);
                pairs.Add(new ParsedPair(question, answer, start));
            }
        }

        return pairs.Count > 0 ? pairs : BeforeAnswerLabel(text, labels);
    }

    /// <summary>A prompt may have written <c>Question:</c> itself, so that the reply begins behind it.</summary>
    private static List<ParsedPair> BeforeAnswerLabel(string text, MatchCollection labels)
    {
        if (labels.Count != 1 || IsQuestion(labels[0]))
        {
            return [];
        }

        (string question, _) = Between(text, 0, labels[0].Index);
        (string answer, int start) = Between(text, End(labels[0]), text.Length);
        return [new ParsedPair(question, answer, start)];
    }

    private static List<ParsedPair> FromBare(string text)
    {
        int mark = text.IndexOf('?', StringComparison.Ordinal);
        if (mark < 0)
        {
            return [];
        }

        int begin = Label().Match(text, 0, mark) is { Success: true } label ? End(label) : 0;
        (string question, _) = Between(text, begin, mark + 1);
        (string answer, int start) = Between(text, mark + 1, text.Length);
        return [new ParsedPair(question, answer, start)];
    }

    private static bool IsQuestion(Match label) => label.Groups["label"].Value[0] is 'Q' or 'q';

    private static int End(Match match) => match.Index + match.Length;

    /// <summary>The text between two places without white space, list marks and bold marks around it, and where it
    /// starts.</summary>
    private static (string Text, int Start) Between(string text, int start, int end)
    {
        ReadOnlySpan<char> part = text.AsSpan(start, end - start);
        string kept = part.Trim(" \t\r\n*_").ToString();
        return (kept, kept.Length == 0 ? start : start + part.IndexOf(kept, StringComparison.Ordinal));
    }

    [GeneratedRegex(
        @"(?:(?:^|\n)[ \t]*(?:[-*•#]+[ \t]*|\d+[.)][ \t]*)*(?<label>[QqAa])(?:[ \t]*\d+)?[ \t]*[:.)]\**"
        + @"|(?:\b|(?<=\s|^)[*#]+[ \t]*)(?<label>Question|Answer|QUESTION|ANSWER)(?:[ \t]*\d+)?[ \t]*\**:\**)")]
    private static partial Regex Label();
}
