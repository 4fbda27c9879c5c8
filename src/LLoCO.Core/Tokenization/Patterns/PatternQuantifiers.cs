using System.Globalization;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>Reads quantifiers: <c>*</c>, <c>+?</c>, <c>{1,3}</c>.</summary>
internal static class PatternQuantifiers
{
    private const int MaxRepeats = 1000;

    /// <summary>Reads all that stand behind a part.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="position">Where they begin; goes behind them.</param>
    /// <param name="body">The part.</param>
    /// <returns>The part with its repetitions.</returns>
    /// <exception cref="PatternException">One asks for too many.</exception>
    public static PatternNode Read(string text, ref int position, PatternNode body)
    {
        while (position < text.Length)
        {
            int start = position;
            (int Least, int Most)? bounds = text[position++] switch
            {
                '*' => (0, int.MaxValue),
                '+' => (1, int.MaxValue),
                '?' => (0, 1),
                '{' => ReadBounds(text, ref position),
                _ => null,
            };
            if (bounds is not { } found)
            {
                position = start;
                return body;
            }

            body = ReadMode(text, ref position, body, found, interval: text[start] == '{');
        }

        return body;
    }

    private static PatternNode.Repeat ReadMode(
        string text, ref int position, PatternNode body, (int Least, int Most) bounds, bool interval)
    {
        char sign = position < text.Length ? text[position] : '\0';
        RepeatMode mode = sign == '?' ? RepeatMode.Lazy
            : sign == '+' && !interval ? RepeatMode.Possessive : RepeatMode.Greedy;
        position += mode == RepeatMode.Greedy ? 0 : 1;
        if (interval && mode == RepeatMode.Lazy && bounds.Least == bounds.Most)
        {
            // "a{3}?" is not lazy: it is "(?:a{3})?".
            body = new PatternNode.Repeat(body, bounds.Least, bounds.Most, RepeatMode.Greedy);
            (bounds, mode) = ((0, 1), RepeatMode.Greedy);
        }

        return new PatternNode.Repeat(body, bounds.Least, bounds.Most, mode);
    }

    // Gives nothing where "{" is itself.
    private static (int Least, int Most)? ReadBounds(string text, ref int position)
    {
        int end = text.IndexOf('}', position);
        if (end < 0)
        {
            return null;
        }

        string[] parts = text[position..end].Split(',');
        int least = 0;
        int most = int.MaxValue;
        bool valid = parts.Length <= 2 && parts.All(part => part.All(char.IsAsciiDigit)) && parts.Any(part => part.Length > 0)
            && (parts[0].Length == 0 || int.TryParse(parts[0], CultureInfo.InvariantCulture, out least))
            && (parts[^1].Length == 0 || int.TryParse(parts[^1], CultureInfo.InvariantCulture, out most));
        if (!valid)
        {
            return null;
        }

        if (least > most || least > MaxRepeats || (most != int.MaxValue && most > MaxRepeats))
        {
            throw new PatternException($"the repetition '{{{text[position..end]}}}'");
        }

        position = end + 1;
        return (least, most);
    }
}
