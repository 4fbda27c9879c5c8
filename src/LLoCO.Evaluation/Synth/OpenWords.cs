using System.Globalization;
using System.Text;
using LLoCO.Core.Numerics;

namespace LLoCO.Evaluation.Synth;

/// <summary>Words and names that stand in no list: put together from syllables, some 10^9 of three.</summary>
internal static class OpenWords
{
    private static readonly string[] Onsets =
        "b br c ch cl d dr f fl g gl gr h j k kn l m n p pl pr qu r s sh sk sl st t th tr v w y z".Split(' ');

    private static readonly string[] Vowels = "a e i o u a e i o u ai ea ee ie oa ou".Split(' ');

    private static readonly string[] Codas = "n r l s t m d nd rt ck sk th ng st rn ll x".Split(' ');

    /// <summary>Makes a word in small letters.</summary>
    /// <param name="random">Draws the syllables.</param>
    /// <param name="syllables">How many; at least 1.</param>
    internal static string Word(SeededRandom random, int syllables)
    {
        var word = new StringBuilder();
        for (int i = 0; i < syllables; i++)
        {
            // A vowel may open a word, and a consonant more often ends it than stands within.
            word.Append(i == 0 && random.Next(6) == 0 ? string.Empty : random.Pick(Onsets)).Append(random.Pick(Vowels));
            word.Append(random.Next(i == syllables - 1 ? 3 : 5) > 1 ? string.Empty : random.Pick(Codas));
        }

        return word.ToString();
    }

    /// <summary>Makes a name: one word or two, each with a capital.</summary>
    internal static string Name(SeededRandom random) => random.Next(5) < 2
        ? Capital(Word(random, 2 + random.Next(2)))
        : Capital(Word(random, 1 + random.Next(2))) + " " + Capital(Word(random, 2 + random.Next(2)));

    /// <summary>Puts a capital in front.</summary>
    internal static string Capital(string word) => word.Length == 0
        ? word
        : string.Concat(word[..1].ToUpper(CultureInfo.InvariantCulture), word.AsSpan(1));
}
