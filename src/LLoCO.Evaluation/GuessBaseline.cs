namespace LLoCO.Evaluation;

/// <summary>Answers questions without any document: with the commonest answer to learned questions of the same form. What an adapter
/// reaches without reading anything; what it should be better than.</summary>
/// <remarks>Two questions have the same form if they are the same without names and numbers. Where no learned question has the form, the
/// commonest of all answers is given.</remarks>
public sealed class GuessBaseline
{
    private readonly Dictionary<string, string> _byForm;
    private readonly string _commonest;

    /// <summary>Learns the answers.</summary>
    /// <param name="learned">Questions with answers, of which the first counts; at least one.</param>
    /// <exception cref="ArgumentException">There is no question.</exception>
    public GuessBaseline(IEnumerable<QuestionItem> learned)
    {
        ArgumentNullException.ThrowIfNull(learned);
        QuestionItem[] all = [.. learned];
        if (all.Length == 0)
        {
            throw new ArgumentException("Guessing needs at least one question with its answer.", nameof(learned));
        }

        _commonest = Commonest(all);
        _byForm = all.GroupBy(item => FormOf(item.Question), StringComparer.Ordinal)
            .ToDictionary(form => form.Key, Commonest, StringComparer.Ordinal);
    }

    /// <summary>Gives the commonest answer to learned questions of the same form.</summary>
    /// <param name="question">The question.</param>
    /// <returns>The answer.</returns>
    public string Guess(string question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return _byForm.GetValueOrDefault(FormOf(question), _commonest);
    }

    private static string Commonest(IEnumerable<QuestionItem> items) => items.Select(item => item.Answers[0])
        .CountBy(answer => answer).OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).First().Key;

    /// <summary>The words without names and numbers. The first is capitalised whatever it is.</summary>
    private static string FormOf(string question) => string.Join(
        ' ',
        question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Where((word, place) => place == 0 || !(word.Any(char.IsUpper) || word.Any(char.IsDigit)))
            .Select(word => word.Trim('?', '.', ',', '\'', '"').ToLowerInvariant()));
}
