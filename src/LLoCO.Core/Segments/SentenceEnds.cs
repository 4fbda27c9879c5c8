using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Segments;

/// <summary>Knows which ids end a sentence: those whose text ends with <c>.</c>, <c>!</c>, <c>?</c> or a line break.</summary>
internal sealed class SentenceEnds
{
    private const string Closers = "\"'\u201D\u2019\u00BB)]";

    private readonly Role[] _roles;

    public SentenceEnds(ITokenizer tokenizer)
    {
        // Behind a full stop, since a tokenizer drops the space of the first piece: "x" and " x" would look alike.
        int[] anchored = [.. tokenizer.Encode("."), 0];
        int prefix = tokenizer.Decode(anchored[..^1]).Length;
        _roles = new Role[tokenizer.VocabularySize];
        for (int id = 0; id < _roles.Length; id++)
        {
            anchored[^1] = id;
            _roles[id] = RoleOf(tokenizer.Decode(anchored).AsSpan(prefix));
        }
    }

    private enum Role : byte
    {
        Other,
        LineEnd,
        StopSign,
        Closer,
        WordPart,
    }

    /// <summary>Finds the last end of a sentence, closing quotes and brackets behind it included.</summary>
    /// <param name="tokens">The ids to look at.</param>
    /// <returns>How many ids lie before that end; 0 where there is none.</returns>
    public int LastWithin(ReadOnlySpan<int> tokens)
    {
        for (int last = tokens.Length - 1; last >= 0; last--)
        {
            Role role = RoleAt(tokens, last);
            int end = role switch
            {
                Role.LineEnd => last + 1,
                Role.StopSign => BehindClosers(tokens, last + 1),
                _ => 0,
            };
            if (end > 0)
            {
                return end;
            }
        }

        return 0;
    }

    // "3.5", "19.30", "e.g.": no sentence ends where letters or digits follow at once.
    private int BehindClosers(ReadOnlySpan<int> tokens, int end)
    {
        while (RoleAt(tokens, end) == Role.Closer)
        {
            end++;
        }

        return RoleAt(tokens, end) == Role.WordPart ? 0 : end;
    }

    private Role RoleAt(ReadOnlySpan<int> tokens, int index) =>
        index < tokens.Length && (uint)tokens[index] < (uint)_roles.Length ? _roles[tokens[index]] : Role.Other;

    private static Role RoleOf(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> opened = text.TrimEnd(Closers);
        return opened switch
        {
            [.., '\n'] => Role.LineEnd,
            [.., '.' or '!' or '?'] => Role.StopSign,
            [] when !text.IsEmpty => Role.Closer,
            [var first, ..] when char.IsLetterOrDigit(first) => Role.WordPart,
            _ => Role.Other,
        };
    }
}
