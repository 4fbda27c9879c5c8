using System.Buffers;
using System.Text;
using LLoCO.Core.Tokenization.Merging;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>
/// Finds added tokens in a text: the leftmost, and of those the longest (huggingface/tokenizers, <c>added_vocabulary.rs</c>).
/// </summary>
internal sealed class AddedTokenMatcher
{
    private readonly AddedToken[] _tokens;
    private readonly PrefixTrie _trie = new();
    private readonly SearchValues<char> _first;

    /// <summary>Takes the tokens to look for.</summary>
    /// <param name="tokens">Each with the text that it is found by.</param>
    public AddedTokenMatcher(IReadOnlyList<(AddedToken Token, string Text)> tokens)
    {
        _tokens = [.. tokens.Select(token => token.Token)];
        for (int i = 0; i < _tokens.Length; i++)
        {
            if (tokens[i].Text.Length > 0)
            {
                _trie.Add(tokens[i].Text, i);
            }
        }

        _first = SearchValues.Create([.. tokens.Where(token => token.Text.Length > 0).Select(token => token.Text[0]).Distinct()]);
    }

    /// <summary>Gets whether there is nothing to look for.</summary>
    public bool IsEmpty => _tokens.Length == 0;

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to look first; goes behind the find.</param>
    /// <param name="taken">Up to where the find before took the text.</param>
    /// <param name="start">Where the token begins, with the white space that it takes.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>The token, or <see langword="null"/> where there is none.</returns>
    public AddedToken? Next(ReadOnlySpan<char> text, ref int from, int taken, out int start, out int end)
    {
        while (from < text.Length)
        {
            int skip = text[from..].IndexOfAny(_first);
            if (skip < 0)
            {
                break;
            }

            from += skip;
            int found = _trie.Longest(text, from, out int length);
            if (found < 0)
            {
                from++;
                continue;
            }

            AddedToken token = _tokens[found];
            (start, end) = (from, from + length);
            from = end;
            if (token.IsSingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..])))
            {
                continue;
            }

            start = token.StripsLeft ? Math.Max(taken, BlankBefore(text, start, taken)) : start;
            end += token.StripsRight ? BlankBehind(text[end..]) : 0;
            return token;
        }

        from = start = end = text.Length;
        return null;
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text)
    {
        Rune.DecodeLastFromUtf16(text, out Rune rune, out _);
        return !text.IsEmpty && IsWord(rune.Value);
    }

    private static bool StartsWithWord(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out _);
        return !text.IsEmpty && IsWord(rune.Value);
    }

    private static bool IsWord(int code) => CharacterClasses.RustWord.Contains(code);

    // No farther than the find before: what it took is taken.
    private static int BlankBefore(ReadOnlySpan<char> text, int start, int taken)
    {
        while (start > taken && CharacterClasses.WhiteSpace.Contains(text[start - 1]))
        {
            start--;
        }

        return start;
    }

    private static int BlankBehind(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && CharacterClasses.WhiteSpace.Contains(text[length]))
        {
            length++;
        }

        return length;
    }
}
