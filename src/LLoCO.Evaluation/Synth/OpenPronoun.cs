namespace LLoCO.Evaluation.Synth;

/// <summary>What a sentence of the open practice corpus calls a subject that the sentence before has named.</summary>
/// <param name="Subject">The word where the subject acts.</param>
/// <param name="Other">The word behind a preposition, and for whom something is done.</param>
/// <param name="Owner">The word in front of what it has.</param>
internal sealed record OpenPronoun(string Subject, string Other, string Owner)
{
    private const string Place = "{N}";

    /// <summary>The words of <see cref="OpenGrammar"/> behind which a subject is not the one who acts.</summary>
    private static readonly string[] Before = ["of", "for", "by", "beside", "to", "with", "but", "taught", "healed"];

    /// <summary>Gets the pronoun of things.</summary>
    internal static OpenPronoun It { get; } = new("it", "it", "its");

    /// <summary>Gets all pronouns.</summary>
    internal static IReadOnlyList<OpenPronoun> All { get; } = [new("he", "him", "his"), new("she", "her", "her"), It];

    /// <summary>Puts the pronoun's form in place of the subject, or leaves the place to <see cref="Subject"/>.</summary>
    /// <param name="wording">A wording of a relation, with the place of the subject in it.</param>
    internal string Refer(string wording)
    {
        int place = wording.IndexOf(Place, StringComparison.Ordinal);
        string[] before = wording[..place].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (before.Length == 0 || !Before.Contains(before[^1], StringComparer.OrdinalIgnoreCase))
        {
            return wording;
        }

        // "the trade of him" is his trade.
        int article = before.Length >= 3 && before[^1] == "of" ? Array.FindLastIndex(before, word => word is "the" or "The") : -1;
        string rest = wording[(place + Place.Length)..];
        return article < 0
            ? $"{string.Join(' ', before)} {Other}{rest}"
            : $"{string.Join(' ', [.. before[..article], Owner, .. before[(article + 1)..^1]])}{rest}";
    }
}
