using System.Text;

namespace LLoCO.Core.Tokenization;

/// <summary>
/// A text in the form of pieces (spaces as U+2581, one before the text), with a map back to its original positions.
/// </summary>
internal readonly struct SentencePieceText
{
    private readonly int[]? _origins;
    private readonly int _shift;

    private SentencePieceText(string escaped, int shift, int[]? origins)
    {
        Escaped = escaped;
        _shift = shift;
        _origins = origins;
    }

    /// <summary>Gets the form to encode.</summary>
    public string Escaped { get; }

    /// <summary>Converts a text to that form.</summary>
    /// <param name="text">The user's text.</param>
    /// <param name="model">Says whether a space goes before it and whether runs of spaces shrink to one.</param>
    /// <returns>The form and the map.</returns>
    public static SentencePieceText From(string text, SentencePieceModel model)
    {
        string prefix = model.AddDummyPrefix ? "\u2581" : string.Empty;
        return model.RemoveExtraWhitespaces
            ? Shrink(text, prefix)
            : new SentencePieceText(prefix + text.Replace(' ', SentencePieceModel.Space), prefix.Length, origins: null);
    }

    /// <summary>Gives the position in the user's text that a position in <see cref="Escaped"/> comes from.</summary>
    /// <param name="position">From 0 up to and including the length of <see cref="Escaped"/>.</param>
    /// <returns>A UTF-16 index in the user's text.</returns>
    public int OriginOf(int position) => _origins is null ? Math.Max(0, position - _shift) : _origins[position];

    // remove_extra_whitespaces: none at the ends, one between words.
    private static SentencePieceText Shrink(string text, string prefix)
    {
        int end = text.AsSpan().TrimEnd([' ', SentencePieceModel.Space]).Length; // the original drops typed U+2581 there too
        int start = end - text.AsSpan(0, end).TrimStart(' ').Length;
        if (start == end)
        {
            return new SentencePieceText(string.Empty, 0, [0]);
        }

        var escaped = new StringBuilder(prefix, end - start + 1);
        var origins = new List<int>(end - start + 2);
        origins.AddRange(Enumerable.Repeat(start, prefix.Length));
        for (int i = start; i < end; i++)
        {
            if (text[i] != ' ' || text[i - 1] != ' ')
            {
                escaped.Append(text[i] == ' ' ? SentencePieceModel.Space : text[i]);
                origins.Add(i);
            }
        }

        origins.Add(end);
        return new SentencePieceText(escaped.ToString(), 0, [.. origins]);
    }
}
