using System.Text;

namespace LLoCO.Core.Tokenization.Json.Decoders;

/// <summary><c>Fuse</c>: all texts are one.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    public override void Decode(List<DecodedToken> tokens)
    {
        string whole = string.Concat(tokens.Select(token => token.Text));
        tokens.Clear();
        tokens.Add(new DecodedToken(whole, IsAdded: false));
    }
}

/// <summary>A step that handles each text separately.</summary>
/// <param name="write">Gives what stands for a text, by its place.</param>
internal sealed class EachDecoder(Func<int, string, string> write) : TokenDecoder
{
    public override void Decode(List<DecodedToken> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            tokens[i] = tokens[i] with { Text = write(i, tokens[i].Text) };
        }
    }
}

/// <summary>What the steps write that look at each text alone.</summary>
internal static class TextRules
{
    private static readonly (string From, string To)[] BlanksOfEnglish =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary><c>Replace</c>.</summary>
    public static string Replace(string text, TextFinder finder, string content)
    {
        if (finder.Literal is { } literal)
        {
            return text.Replace(literal, content, StringComparison.Ordinal);
        }

        var result = new StringBuilder();
        TextFinder.Search search = finder.In(text, new EncodeRun());
        int kept = 0;
        while (search.Next(text, out int start, out int end))
        {
            result.Append(text, kept, start - kept).Append(content);
            kept = end;
        }

        return result.Append(text, kept, text.Length - kept).ToString();
    }

    /// <summary><c>Strip</c>: at most so many of one character from each end.</summary>
    public static string Strip(string text, Rune sign, int start, int stop)
    {
        string one = sign.ToString();
        for (; start > 0 && text.StartsWith(one, StringComparison.Ordinal); start--)
        {
            text = text[one.Length..];
        }

        for (; stop > 0 && text.EndsWith(one, StringComparison.Ordinal); stop--)
        {
            text = text[..^one.Length];
        }

        return text;
    }

    /// <summary><c>Metaspace</c>: the sign is a space, and nothing at the whole's begin.</summary>
    public static string Metaspace(int place, string text, string sign, bool prepended) =>
        text.Replace(sign, place == 0 && prepended ? string.Empty : " ", StringComparison.Ordinal);

    /// <summary><c>WordPiece</c>: a space before each piece that begins a word.</summary>
    public static string WordPiece(int place, string text, string prefix, bool cleanUp)
    {
        if (place > 0)
        {
            text = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : " " + text;
        }

        foreach ((string from, string to) in cleanUp ? BlanksOfEnglish : [])
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }
}

/// <summary><c>BPEDecoder</c>: what ends a word is a space, and nothing at the whole's end.</summary>
/// <param name="suffix">What ends a word.</param>
internal sealed class SuffixDecoder(string suffix) : TokenDecoder
{
    public override void Decode(List<DecodedToken> tokens)
    {
        for (int i = 0; i < tokens.Count; i++)
        {
            string by = i == tokens.Count - 1 ? string.Empty : " ";
            tokens[i] = tokens[i] with { Text = tokens[i].Text.Replace(suffix, by, StringComparison.Ordinal) };
        }
    }
}
