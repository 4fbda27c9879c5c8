using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using LLoCO.Core;

namespace LLoCO.Readers.Html;

/// <summary>Decodes pages, and makes HTML of XHTML.</summary>
internal static partial class HtmlSource
{
    private const int HeadBytes = 4096;

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t\r\n/>");

    private static readonly HashSet<string> Void = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    };

    /// <summary>Decodes a page strictly: in the encoding of its byte order mark, its XML declaration or its head, else UTF-8.</summary>
    /// <param name="bytes">The page.</param>
    /// <exception cref="UnreadableException">It is not in that encoding, or names one that is not known.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        bool marked = bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0xEF, 0xBB, 0xBF, ..] or [0, 0, 0xFE, 0xFF, ..];
        string? name = marked ? null : NameIn(Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, HeadBytes)]));

        // What names UTF-16 in letters of one byte is not in it.
        if (name is null || name.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase)
            || name.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || name.Equals("utf8", StringComparison.OrdinalIgnoreCase))
        {
            return PlainTextReader.Decode(bytes);
        }

        PlainTextReader.EnsureText(bytes);
        try
        {
            return Find(name).GetString(bytes);
        }
        catch (DecoderFallbackException fault)
        {
            throw new UnreadableException($"is not in the encoding that it names, {name}. Convert it to UTF-8 first", fault);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new UnreadableException($"names an encoding that is not known, '{name}'. Convert it to UTF-8 first", fault);
        }
    }

    /// <summary>Tells whether a page says that it is XHTML.</summary>
    /// <param name="page">The page.</param>
    public static bool IsXhtml(string page)
    {
        ReadOnlySpan<char> head = page.AsSpan(0, Math.Min(page.Length, HeadBytes));
        return head.TrimStart().StartsWith("<?xml", StringComparison.OrdinalIgnoreCase)
            || head.Contains("//DTD XHTML", StringComparison.OrdinalIgnoreCase)
            || head.Contains("http://www.w3.org/1999/xhtml", StringComparison.Ordinal);
    }

    /// <summary>Writes XHTML as HTML: a parser of HTML takes the slash of <c>&lt;title/></c> for nothing, and waits for the element's
    /// end. Sections of CDATA become text, and the document type goes, with the entities that it may declare.</summary>
    /// <param name="page">The page.</param>
    public static string FromXhtml(string page)
    {
        var html = new StringBuilder(page.Length + 64);
        int place = 0;
        while (place < page.Length)
        {
            int tag = page.IndexOf('<', place);
            if (tag < 0)
            {
                break;
            }

            html.Append(page, place, tag - place);
            int end = Take(page, tag, html);
            if (end < 0)
            {
                // Not closed: the rest is for the parser to make out.
                place = tag;
                break;
            }

            place = end;
        }

        return html.Append(page, place, page.Length - place).ToString();
    }

    private static int Take(string page, int start, StringBuilder html)
    {
        ReadOnlySpan<char> rest = page.AsSpan(start);
        if (rest.StartsWith("<!--", StringComparison.Ordinal))
        {
            return EndOf(page, "-->", start + 4);
        }

        if (rest.StartsWith("<![CDATA[", StringComparison.Ordinal))
        {
            int end = EndOf(page, "]]>", start + 9);
            html.Append(end < 0 ? string.Empty : page[(start + 9)..(end - 3)].Replace("&", "&amp;", StringComparison.Ordinal)
                .Replace("<", "&lt;", StringComparison.Ordinal));
            return end;
        }

        if (rest.StartsWith("<?", StringComparison.Ordinal))
        {
            return EndOf(page, "?>", start + 2);
        }

        int close = EndOfTag(page, start);
        if (close < 0 || rest.StartsWith("<!DOCTYPE", StringComparison.OrdinalIgnoreCase))
        {
            return close;
        }

        ReadOnlySpan<char> name = rest[1..];
        int length = name.IndexOfAny(NameEnds);
        name = name[..Math.Max(0, length)];
        if (page[close - 2] != '/' || name.IsEmpty || !char.IsLetter(name[0]))
        {
            html.Append(page, start, close - start);
            return name is "script" or "style" ? TakeRaw(page, close, name, html) : close;
        }

        html.Append(page, start, close - 2 - start).Append('>');
        if (!Void.Contains(name.ToString()))
        {
            html.Append("</").Append(name).Append('>');
        }

        return close;
    }

    // A script may hold what looks like tags.
    private static int TakeRaw(string page, int start, ReadOnlySpan<char> name, StringBuilder html)
    {
        int end = page.IndexOf($"</{name}", start, StringComparison.OrdinalIgnoreCase);
        html.Append(page, start, Math.Max(0, end - start));
        return end < 0 ? page.Length : end;
    }

    private static int EndOf(string page, string mark, int start) =>
        page.IndexOf(mark, start, StringComparison.Ordinal) is >= 0 and var place ? place + mark.Length : -1;

    // The end of a tag, or of a document type with the declarations in its brackets; quotes may hold the sign of the end.
    private static int EndOfTag(string page, int start)
    {
        int brackets = 0;
        for (int place = start + 1; place < page.Length; place++)
        {
            switch (page[place])
            {
                case '"' or '\'' when brackets > 0 || page[place - 1] == '=' || char.IsWhiteSpace(page[place - 1]):
                    place = page.IndexOf(page[place], place + 1);
                    if (place < 0)
                    {
                        return -1;
                    }

                    break;
                case '[' when page[start + 1] == '!':
                    brackets++;
                    break;
                case ']' when brackets > 0:
                    brackets--;
                    break;
                case '>' when brackets == 0:
                    return place + 1;
            }
        }

        return -1;
    }

    private static string? NameIn(string head)
    {
        Match declaration = Declaration().Match(head);
        Match match = declaration.Success ? declaration : Meta().Match(Comment().Replace(head, string.Empty));
        return match.Success ? match.Groups["name"].Value : null;
    }

    // On the web, Latin-1 and ASCII stand for the encoding of Windows that holds them.
    private static Encoding Find(string name)
    {
        string known = name.ToUpperInvariant() is "ISO-8859-1" or "ISO8859-1" or "ISO_8859-1" or "LATIN1" or "LATIN-1" or "L1" or "ASCII"
            or "US-ASCII" ? "windows-1252" : name;
        return CodePagesEncodingProvider.Instance.GetEncoding(known, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
            ?? Encoding.GetEncoding(known, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
    }

    [GeneratedRegex(@"^\s*<\?xml\s[^>]*?\bencoding\s*=\s*[""'](?<name>[\w.:-]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"<meta\s[^>]*?\bcharset\s*=\s*[""']?\s*(?<name>[\w.:-]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Meta();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
