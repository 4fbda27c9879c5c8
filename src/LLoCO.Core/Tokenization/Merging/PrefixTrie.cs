namespace LLoCO.Core.Tokenization.Merging;

/// <summary>A trie of words, to find all words that begin at a position of a text.</summary>
internal sealed class PrefixTrie
{
    /// <summary>The node that every word begins at.</summary>
    public const int Root = 0;

    private readonly MergeTable _children = new(1024);
    private readonly List<int> _values = [-1];

    /// <summary>Adds a word; a later word with the same characters replaces it.</summary>
    /// <param name="word">The word; not empty.</param>
    /// <param name="value">What it stands for, from 0.</param>
    public void Add(string word, int value)
    {
        int node = Root;
        foreach (char c in word)
        {
            int next = Next(node, c);
            if (next < 0)
            {
                next = _values.Count;
                _values.Add(-1);
                _children.Add(node, c, 0, next);
            }

            node = next;
        }

        _values[node] = value;
    }

    /// <summary>Goes on by one character.</summary>
    /// <returns>The next node, or -1 where no word goes on so.</returns>
    public int Next(int node, char c) => _children.TryGet(node, c, out _, out int next) ? next : -1;

    /// <summary>Gives what the word that ends at a node stands for, or -1.</summary>
    public int ValueOf(int node) => _values[node];

    /// <summary>Finds the longest word at a position.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where the word must begin.</param>
    /// <param name="length">The word's length.</param>
    /// <returns>What it stands for, or -1.</returns>
    public int Longest(ReadOnlySpan<char> text, int position, out int length)
    {
        int value = -1;
        length = 0;
        int node = Root;
        for (int i = position; i < text.Length && (node = Next(node, text[i])) >= 0; i++)
        {
            if (_values[node] >= 0)
            {
                (value, length) = (_values[node], i + 1 - position);
            }
        }

        return value;
    }
}
