namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>
/// The positions of a text at which a pair may join. Vocabularies that write a space as U+2581 treat a whole text as one word. If
/// no pair joins anything to a following U+2581, each word can be looked up alone with the same tokens.
/// </summary>
internal sealed class BpeJoins
{
    private const char Space = '\u2581';

    private readonly bool[] _joins = new bool[0x10000];
    private bool _cuts;

    /// <summary>Makes one that allows cutting where the vocabulary has the sign.</summary>
    public BpeJoins(BpeSettings settings) => _cuts = settings.Vocabulary.ContainsKey(Space.ToString())
        && settings.Prefix.Length == 0 && settings.Suffix.Length == 0;

    /// <summary>Takes a pair into account.</summary>
    /// <param name="left">The left piece.</param>
    /// <param name="right">The right piece.</param>
    /// <param name="leftIsText">Whether the left piece is its own text, as a byte or the unknown piece is not.</param>
    public void Add(string left, string right, bool leftIsText)
    {
        if (right.StartsWith(Space) && left.Length > 0)
        {
            _joins[left[^1]] = true;
            _cuts &= leftIsText;
        }
    }

    /// <summary>Gives where a part may end.</summary>
    /// <param name="word">The word.</param>
    /// <param name="start">Where the part begins.</param>
    public int CutBehind(ReadOnlySpan<char> word, int start)
    {
        if (!_cuts)
        {
            return word.Length;
        }

        int position = start + 1;
        while (position < word.Length)
        {
            int next = word[position..].IndexOf(Space);
            if (next < 0)
            {
                return word.Length;
            }

            position += next;
            if (!_joins[word[position - 1]])
            {
                return position;
            }

            position++;
        }

        return word.Length;
    }
}
