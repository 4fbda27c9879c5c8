using System.Text.RegularExpressions;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Looks for the names of a question and the words of an answer in passages. It knows words, not meanings: an answer in
/// other words than the passage's is not found.</summary>
internal static partial class GroundingCheck
{
    private static readonly HashSet<string> NoContent = new(StringComparer.OrdinalIgnoreCase)
    {
        "a", "an", "the", "yes", "no", "not", "true", "false", "none", "unknown", "it", "is", "was", "of", "in", "at", "to", "and", "or",
    };

    /// <summary>Finds where an answer stands.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="sources">The passages.</param>
    /// <returns>Whether one holds it or at least half of its words, and which; <see langword="null"/> if there is nothing to look
    /// for.</returns>
    public static (bool? IsIn, AnswerSource? Source) Find(string answer, IReadOnlyList<AnswerSource> sources)
    {
        string[] words = Words(answer);
        string[] content = [.. words.Where(word => !NoContent.Contains(word)).Distinct()];
        if (content.Length == 0 || sources.Count == 0)
        {
            return (null, null);
        }

        AnswerSource? best = null;
        int most = 0;
        foreach (AnswerSource source in sources)
        {
            string[] passage = Words(source.Text);
            if (Contains(passage, words))
            {
                return (true, source);
            }

            int found = content.Count(new HashSet<string>(passage).Contains);
            if (found > most)
            {
                (best, most) = (source, found);
            }
        }

        return 2 * most >= content.Length ? (true, best) : (false, null);
    }

    /// <summary>Judges a question by the passages that were found for it.</summary>
    /// <param name="question">The question.</param>
    /// <param name="sources">The passages.</param>
    /// <returns>A doubt where they lack half of the names and numbers in it.</returns>
    public static Doubt? JudgeQuestion(string question, IReadOnlyList<AnswerSource> sources)
    {
        string[] names = [.. Word().Matches(question).Skip(1).Select(match => match.Value)
            .Where(word => char.IsUpper(word[0]) || char.IsDigit(word[0]))];
        if (names.Length == 0 || sources.Count == 0)
        {
            return null;
        }

        HashSet<string> known = [.. sources.SelectMany(source => Words(source.Text))];
        string[] missing = [.. names.Where(name => !known.Contains(name.ToLowerInvariant()))];
        return 2 * missing.Length < names.Length
            ? null
            : new Doubt(
                DoubtReason.QuestionElsewhere, $"the passages that were found do not name {string.Join(", ", missing.Distinct())}");
    }

    /// <summary>Words in lower case; a letter of a script without spaces is a word.</summary>
    private static string[] Words(string text) => [.. Word().Matches(text).Select(match => match.Value.ToLowerInvariant())];

    private static bool Contains(string[] passage, string[] words)
    {
        for (int start = 0; start + words.Length <= passage.Length; start++)
        {
            if (passage.AsSpan(start, words.Length).SequenceEqual(words))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"\p{Lo}\p{M}*|[\p{L}\p{M}\p{N}-[\p{Lo}]]+")]
    private static partial Regex Word();
}
