using System.Text.RegularExpressions;

namespace LLoCO.Training.SelfStudy;

/// <summary>Turns simple English sentences into questions: <c>The mill was built in 1890</c> into <c>When was the mill built?</c></summary>
internal static partial class TurnedQuestions
{
    private const int MaxSubjectWords = 8;

    private const string Month =
        "(?:January|February|March|April|May|June|July|August|September|October|November|December)";

    private const string Time = @"(?:(?:\d{1,2} )?" + Month + @" \d{3,4}|" + Month + @" \d{1,2}, \d{3,4}|1\d{3}|20\d{2})";
    private const string Name = @"\p{Lu}[\p{L}'\u2019-]*(?: (?:of |de |van |von |la )?\p{Lu}[\p{L}'\u2019-]*)*";

    private static readonly HashSet<string> Lowered = new("The A An Every Each All No".Split(' '), StringComparer.Ordinal);

    /// <summary>The questions of a sentence; none where it is not simple.</summary>
    internal static IEnumerable<ClozePair> Ask(string sentence)
    {
        IEnumerable<ClozePair> pairs = Being().Match(sentence) is { Success: true } being && IsSimple(being.Groups["subject"].Value)
            ? OfBeing(Subject(being), being.Groups["aux"].Value, being.Groups["rest"].Value)
            : Having().Match(sentence) is { Success: true } having && IsSimple(having.Groups["subject"].Value) ? [OfHaving(having)]
            : [];
        return pairs.Where(pair => ClozeGaps.CanBeFound(pair.Question) && !ClozeGaps.Contains(pair.Question, pair.Answer));
    }

    private static IEnumerable<ClozePair> OfBeing(string subject, string aux, string rest)
    {
        if (When().Match(rest) is { Success: true } when)
        {
            yield return new ClozePair($"When {aux} {subject} {when.Groups["before"].Value}?", when.Groups["time"].Value);
        }

        if (By().Match(rest) is { Success: true } by)
        {
            yield return new ClozePair(
                $"By whom {aux} {subject} {by.Groups["verb"].Value}{by.Groups["after"].Value}?", by.Groups["name"].Value);
        }

        if (Where().Match(rest) is { Success: true } where && !Regex.IsMatch(where.Groups["name"].Value, $"^{Month}$"))
        {
            yield return new ClozePair($"Where {aux} {subject} {where.Groups["before"].Value}".TrimEnd() + "?", where.Groups["name"].Value);
        }

        // An attribute of something, or what somebody is.
        if (What().Match(rest) is { Success: true } what
            && (subject.Contains(" of ", StringComparison.Ordinal) || what.Groups["article"].Success))
        {
            yield return new ClozePair($"What {aux} {subject}?", what.Groups["what"].Value);
        }
    }

    private static ClozePair OfHaving(Match match)
    {
        string verb = match.Groups["aux"].Value switch
        {
            "has" => "does",
            "have" => "do",
            _ => "did",
        };
        return new ClozePair($"How many {match.Groups["what"].Value} {verb} {Subject(match)} have?", match.Groups["number"].Value);
    }

    private static bool IsSimple(string subject)
    {
        string[] words = subject.Split(' ');
        return subject.AsSpan().IndexOfAny(",;:()") < 0 && words.Length <= MaxSubjectWords && !Clause().IsMatch(subject)
            && (Lowered.Contains(words[0]) || !ClozeGaps.BeginsSentences(words[0]));
    }

    private static string Subject(Match match)
    {
        string subject = match.Groups["subject"].Value;
        string first = subject.Split(' ')[0];
        return Lowered.Contains(first) ? char.ToLowerInvariant(subject[0]) + subject[1..] : subject;
    }

    [GeneratedRegex(@"^(?<subject>[^,;:]+?) (?<aux>was|were|is|are) (?<rest>[^,;:()]+)$")]
    private static partial Regex Being();

    [GeneratedRegex(@"^(?<subject>[^,;:]+?) (?<aux>has|have|had) (?<number>\d+) (?<what>\p{Ll}+(?: \p{Ll}+){0,2})$")]
    private static partial Regex Having();

    [GeneratedRegex(@"^(?<before>(?!not )\p{Ll}.*?) (?:in|on) (?<time>" + Time + ")$")]
    private static partial Regex When();

    [GeneratedRegex(@"^(?<verb>\p{Ll}+) by (?<name>" + Name + ")(?<after>| (?:in|on|at) .+)$")]
    private static partial Regex By();

    [GeneratedRegex(@"^(?<before>(?!not )(?:\p{Ll}[\p{Ll} ]*?)?) ?\b(?:in|at|near) (?<name>" + Name + ")$")]
    private static partial Regex Where();

    [GeneratedRegex(@"^(?<article>a |an )?(?:the )?(?<what>(?!not |now |very |still |always |in |at |on |of |from |to |by |near |put )"
        + @"(?!\p{Ll}+(?:ed|en|ing) )[^ ]+(?: (?!by |in |on |at |to |from |with |and |as |of )[^ ]+){0,3})$")]
    private static partial Regex What();

    [GeneratedRegex(@"\b(?:that|which|who|whom|whose|because|when|while|where|if|said|says|and|but|or)\b")]
    private static partial Regex Clause();
}
