using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tokenization;

/// <summary>Cuts special tokens out of the parts of a prompt that a template wrote.</summary>
/// <param name="tokens">The special tokens, and others that are longer than one and begin as it does.</param>
internal sealed class SpecialTokenCutter(IEnumerable<AddedToken> tokens)
{
    private readonly AddedTokenMatcher _matcher =
        new([.. tokens.Select(token => (token, token.Content))]);

    /// <summary>Cuts a prompt.</summary>
    /// <param name="text">The prompt.</param>
    /// <param name="start">Where the user's words begin.</param>
    /// <param name="length">Their length.</param>
    /// <param name="stretch">Takes the place of each stretch of text between tokens.</param>
    /// <param name="token">Takes each token with its place.</param>
    public void Cut(string text, int start, int length, Action<int, int> stretch, Action<AddedToken, int, int> token)
    {
        int taken = 0;
        foreach ((int from, int to) in (ReadOnlySpan<(int, int)>)[(0, start), (start + length, text.Length)])
        {
            // What ends at the user's words cannot take a part of them for its own.
            int at = from;
            while (!_matcher.IsEmpty && _matcher.Next(text.AsSpan(0, to), ref at, taken, out int first, out int last) is { } found)
            {
                stretch(taken, first);
                last = found.StripsRight && last == to ? EndOfBlank(text, last) : last;
                token(found, first, last);
                taken = last;
            }
        }

        stretch(taken, text.Length);
    }

    private static int EndOfBlank(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }
}
