using System.Collections.Frozen;

namespace LLoCO.Evaluation.Synth;

/// <summary>Words that exist, for the open practice corpus: nouns that may be values, and names. A tenth of them is kept for
/// tests and never trained on.</summary>
internal sealed class OpenLexicon
{
    private const int Fewest = 3;

    private static readonly FrozenSet<string> Articles = FrozenSet.Create(StringComparer.Ordinal, "the", "a", "an", "of", "no");

    private static readonly FrozenSet<string> Ends =
        FrozenSet.Create(StringComparer.Ordinal, ".", "!", "?", "\"", "”", ":", ";");

    private OpenLexicon(IEnumerable<string> nouns, IEnumerable<string> names, bool heldOut)
    {
        Nouns = [.. nouns.Distinct(StringComparer.Ordinal).Where(word => OpenGrammar.IsHeldOut(word) == heldOut)];
        Names = [.. names.Distinct(StringComparer.Ordinal).Where(word => OpenGrammar.IsHeldOut(word) == heldOut)];
    }

    /// <summary>Gets nouns in small letters.</summary>
    internal IReadOnlyList<string> Nouns { get; }

    /// <summary>Gets names of one word.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>The words of the closed corpus: names put together from stems, values of its relations.</summary>
    /// <param name="heldOut">Whether the words kept for tests are wanted, or the others.</param>
    internal static OpenLexicon OfClosedCorpus(bool heldOut = false) => new(
        SynthGroup.All.SelectMany(group => group.Relations).SelectMany(relation => relation.Values)
            .Where(word => char.IsLower(word[0])),
        SynthLexicon.FirstNames.Concat(SynthLexicon.Surnames),
        heldOut);

    /// <summary>Words of texts: in small letters behind an article, with a capital within a sentence. With those of the closed
    /// corpus.</summary>
    /// <param name="texts">Whole texts.</param>
    /// <param name="heldOut">Whether the words kept for tests are wanted, or the others.</param>
    internal static OpenLexicon OfTexts(IEnumerable<string> texts, bool heldOut = false)
    {
        var nouns = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            string before = ".";
            foreach (string part in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                string word = part.Trim('.', ',', ';', ':', '!', '?', '"', '“', '”', '(', ')', '_', '*');
                if (word.Length is >= 3 and <= 14 && word.All(char.IsAsciiLetter))
                {
                    Count(char.IsLower(word[0]) && Articles.Contains(before) ? nouns : null, word);
                    bool named = char.IsUpper(word[0]) && word.Skip(1).All(char.IsLower) && !Ends.Contains(before[^1..]);
                    Count(named ? names : null, word);
                }

                before = part;
            }
        }

        OpenLexicon closed = OfClosedCorpus(heldOut);
        return new OpenLexicon(Frequent(nouns).Concat(closed.Nouns), Frequent(names).Concat(closed.Names), heldOut);
    }

    private static void Count(Dictionary<string, int>? counts, string word)
    {
        if (counts is not null)
        {
            counts[word] = counts.GetValueOrDefault(word) + 1;
        }
    }

    private static IEnumerable<string> Frequent(Dictionary<string, int> counts) =>
        counts.Where(pair => pair.Value >= Fewest).Select(pair => pair.Key).Order(StringComparer.Ordinal);
}
