using System.Text;
using LLoCO.Core.Numerics;

namespace LLoCO.Training;

/// <summary>Makes values that look like given ones and are new: other digits for digits, words of the same letter sequences for words that
/// are rare among the values; words that many values share stay (<c>oak wood</c>, <c>12 March 1893</c>).</summary>
internal sealed class LookAlikeValues
{
    private const int Shared = 3;
    private const int MinLetters = 3;
    private const int MaxLetters = 12;
    private const int Tries = 16;
    private const int LooseOneIn = 3;
    private const string Loose = "-";
    private const char End = '\0';

    private readonly Dictionary<string, int> _words;
    private readonly Dictionary<string, List<char>> _next = new(StringComparer.Ordinal);

    /// <summary>Learns what values look like.</summary>
    /// <param name="values">The values.</param>
    internal LookAlikeValues(IEnumerable<string> values)
    {
        _words = values.SelectMany(value => value.Split(' ')).CountBy(word => word, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (string letters in _words.Keys.Where(word => _words[word] < Shared).SelectMany(Runs))
        {
            string word = letters.ToLowerInvariant();
            for (int i = 0; i <= word.Length; i++)
            {
                Learn(word[Math.Max(0, i - 2)..i], i < word.Length ? word[i] : End);
                Learn(Loose + word[Math.Max(0, i - 1)..i], i < word.Length ? word[i] : End);
            }
        }
    }

    /// <summary>Makes a value.</summary>
    /// <param name="model">The value that it looks like.</param>
    /// <param name="random">Draws it.</param>
    internal string Make(string model, SeededRandom random) => string.Join(
        ' ', model.Split(' ').Select(word => _words.GetValueOrDefault(word) < Shared || word.Any(char.IsDigit) ? Exchange(word, random) : word));

    private void Learn(string before, char letter)
    {
        if (!_next.TryGetValue(before, out List<char>? next))
        {
            _next.Add(before, next = []);
        }

        next.Add(letter);
    }

    private string Exchange(string word, SeededRandom random)
    {
        var made = new StringBuilder();
        for (int i = 0; i < word.Length; i++)
        {
            int end = i;
            while (end < word.Length && char.IsLetter(word[end]))
            {
                end++;
            }

            if (end == i)
            {
                // A number's first digit is not made a zero.
                made.Append(!char.IsDigit(word[i]) ? word[i] : (char)('1' + random.Next(9)));
                continue;
            }

            string letters = word[i..end];
            string other = letters.Length < MinLetters ? letters : Word(letters, random);
            made.Append(char.IsUpper(letters[0]) ? char.ToUpperInvariant(other[0]) + other[1..] : other);
            i = end - 1;
        }

        return made.ToString();
    }

    /// <summary>A word of two- and three-letter sequences that the values have; the old one if none of fitting length comes.</summary>
    private string Word(string old, SeededRandom random)
    {
        for (int i = 0; i < Tries; i++)
        {
            var word = new StringBuilder();
            while (word.Length <= MaxLetters)
            {
                // With few values, two letters before leave no choice.
                int length = Math.Min(word.Length, random.Next(LooseOneIn) == 0 ? 1 : 2);
                string before = (length == 2 || word.Length == 0 ? string.Empty : Loose) + word.ToString(word.Length - length, length);
                char next = _next.TryGetValue(before, out List<char>? known) ? random.Pick(known) : End;
                if (next == End)
                {
                    break;
                }

                word.Append(next);
            }

            if (word.Length is >= MinLetters and <= MaxLetters)
            {
                return word.ToString();
            }
        }

        return old;
    }

    private static IEnumerable<string> Runs(string word)
    {
        int start = 0;
        for (int i = 0; i <= word.Length; i++)
        {
            if (i == word.Length || !char.IsLetter(word[i]))
            {
                if (i - start >= MinLetters)
                {
                    yield return word[start..i];
                }

                start = i + 1;
            }
        }
    }
}
