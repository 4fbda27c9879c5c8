using System.Globalization;

namespace LLoCO.Core.Segments;

/// <summary>A heading of a text.</summary>
/// <param name="Start">Index of its <c>#</c>.</param>
/// <param name="Level">1 to 6.</param>
/// <param name="Title">Its words.</param>
internal readonly record struct TextHeading(int Start, int Level, string Title);

/// <summary>
/// Headings and pages of a text, as they stand in it: a heading is a line that begins with <c>#</c>, as in Markdown, and a form feed
/// stands between two pages. Immutable.
/// </summary>
internal sealed class TextOutline
{
    private const int LongestTitle = 300;

    private TextOutline(int length, TextHeading[] headings, int[] pages)
    {
        Length = length;
        Headings = headings;
        Pages = pages;
    }

    /// <summary>Gets the number of characters of the text.</summary>
    public int Length { get; }

    /// <summary>Gets the headings, in order.</summary>
    public IReadOnlyList<TextHeading> Headings { get; }

    /// <summary>Gets the indices of the form feeds, in order.</summary>
    public IReadOnlyList<int> Pages { get; }

    /// <summary>Finds the outline of a text.</summary>
    /// <param name="text">The text.</param>
    public static TextOutline Find(string text)
    {
        var headings = new List<TextHeading>();
        var pages = new List<int>();
        bool inCode = false;
        int start = 0;
        while (start < text.Length)
        {
            int length = text.AsSpan(start).IndexOfAny('\n', '\f');
            int end = length < 0 ? text.Length : start + length;
            ReadOnlySpan<char> line = text.AsSpan(start, end - start);
            if (line.StartsWith("```") || line.StartsWith("~~~"))
            {
                inCode = !inCode;
            }
            else if (!inCode && HeadingOf(line, start) is { } heading)
            {
                headings.Add(heading);
            }

            if (end < text.Length && text[end] == '\f')
            {
                pages.Add(end);
            }

            start = end + 1;
        }

        return new TextOutline(text.Length, [.. headings], [.. pages]);
    }

    /// <summary>Joins the outlines of texts that follow each other.</summary>
    /// <param name="parts">At least one.</param>
    public static TextOutline Join(IReadOnlyList<TextOutline> parts)
    {
        var headings = new List<TextHeading>();
        var pages = new List<int>();
        int before = 0;
        foreach (TextOutline part in parts)
        {
            headings.AddRange(part.Headings.Select(heading => heading with { Start = heading.Start + before }));
            pages.AddRange(part.Pages.Select(page => page + before));
            before += part.Length;
        }

        return new TextOutline(before, [.. headings], [.. pages]);
    }

    /// <summary>Says where a stretch of the text stands.</summary>
    /// <param name="start">Index of its first character.</param>
    /// <param name="end">Index after its last one.</param>
    /// <returns>For example "page 12, Warranty"; <see langword="null"/> for a text without pages and headings there.</returns>
    public string? FindPlace(int start, int end)
    {
        int first = Pages.Count(page => page < start) + 1;
        int last = Pages.Count(page => page < end - 1) + 1;
        string? page = Pages.Count == 0 ? null
            : first == last ? string.Create(CultureInfo.InvariantCulture, $"page {first}")
            : string.Create(CultureInfo.InvariantCulture, $"pages {first}-{last}");
        string? title = Headings.LastOrDefault(heading => heading.Start <= start).Title
            ?? Headings.FirstOrDefault(heading => heading.Start < end).Title;
        return page is null ? title : title is null ? page : $"{page}, {title}";
    }

    private static TextHeading? HeadingOf(ReadOnlySpan<char> line, int start)
    {
        int level = line.IndexOfAnyExcept('#');
        if (level is < 1 or > 6 || line[level] != ' ' || line.Length > LongestTitle)
        {
            return null;
        }

        ReadOnlySpan<char> title = line[level..].Trim();
        return title.IsEmpty ? null : new TextHeading(start, level, title.ToString());
    }
}
