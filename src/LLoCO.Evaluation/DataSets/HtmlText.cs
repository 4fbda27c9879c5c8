using System.Net;
using System.Text.RegularExpressions;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Converts the simple HTML of published stories to plain text, with an empty line between paragraphs.</summary>
internal static class HtmlText
{
    // Without backtracking, since the files are untrusted.
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.IgnoreCase;

    private static readonly Regex Unseen = new(
        "<!--.*?-->|<!doctype[^>]*>|<head\\b.*?</head>|<script\\b.*?</script>|<style\\b.*?</style>", Options);

    private static readonly Regex LineTags = new("<br\\s*/?>", Options);

    private static readonly Regex BlockTags = new(
        "</?(p|div|h[1-6]|hr|body|html|li|ul|ol|dl|dt|dd|table|tr|blockquote|pre|center|section|article)\\b[^>]*>", Options);

    private static readonly Regex OtherTags = new("</?[a-z][^>]*>", Options);

    /// <summary>Strips tags; text that is no HTML stays as it is.</summary>
    public static string Strip(string text)
    {
        if (!BlockTags.IsMatch(text))
        {
            return text;
        }

        // White space has no meaning in HTML source, so it is removed before line breaks are inserted.
        string flat = string.Join(' ', Unseen.Replace(text, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        string broken = BlockTags.Replace(LineTags.Replace(flat, "\n"), "\r");
        IEnumerable<string> paragraphs = OtherTags.Replace(broken, string.Empty).Split('\r')
            .Select(paragraph => paragraph.Split('\n').Select(line => WebUtility.HtmlDecode(line).Trim()))
            .Select(lines => string.Join('\n', lines).Trim())
            .Where(paragraph => paragraph.Length > 0);
        return string.Join("\n\n", paragraphs);
    }
}
