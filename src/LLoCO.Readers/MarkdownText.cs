using System.Text;

namespace LLoCO.Readers;

/// <summary>The text of a document as it grows: paragraphs, headings and pages in the form that <see cref="IDocumentReader"/> says.</summary>
/// <param name="limits">How long it may become.</param>
/// <param name="cancellationToken">Checked whenever something is added.</param>
internal sealed class MarkdownText(ReaderLimits limits, CancellationToken cancellationToken)
{
    private const int LongestHeading = 300;

    private readonly StringBuilder _text = new();
    private int _page;

    /// <summary>Adds a heading; one that is too long for a heading becomes a paragraph.</summary>
    /// <param name="level">1 to 6; what lies outside is moved there.</param>
    /// <param name="title">Its text, on any number of lines.</param>
    public void AddHeading(int level, string title)
    {
        string line = OneLine(title);
        if (line.Length > LongestHeading)
        {
            AddParagraph(line);
        }
        else if (line.Length > 0)
        {
            Add($"{new string('#', Math.Clamp(level, 1, 6))} {line}", "\n\n");
        }
    }

    /// <summary>Adds a paragraph behind an empty line.</summary>
    /// <param name="text">Its lines; a form feed begins a page within it.</param>
    public void AddParagraph(string text) => Add(Escape(text.Trim(' ', '\n', '\r', '\t')), "\n\n");

    /// <summary>Adds a line right behind the one before: a row, or an item of a list.</summary>
    /// <param name="text">The line.</param>
    public void AddLine(string text) => Add(Escape(text.TrimEnd()), "\n");

    /// <summary>Adds lines as they are, between the marks of code.</summary>
    /// <param name="code">The lines.</param>
    public void AddCode(string code)
    {
        string fence = code.Contains("```", StringComparison.Ordinal) ? "~~~~" : "```";
        Add($"{fence}\n{code.Trim('\n', '\r')}\n{fence}", "\n\n");
    }

    /// <summary>Begins a page, even if the one before is empty.</summary>
    public void BeginPage() => _page++;

    /// <summary>Gets whether nothing was added yet.</summary>
    public bool IsEmpty => _text.Length == 0;

    /// <summary>Gives the whole text.</summary>
    /// <exception cref="UnreadableException">There is none.</exception>
    public string Complete()
    {
        if (_text.Length == 0)
        {
            throw new UnreadableException("holds no text");
        }

        return _text.Append('\n').ToString();
    }

    /// <summary>Replaces each run of white space by one space.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Escape(string text)
    {
        string plain = text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", string.Empty, StringComparison.Ordinal) : text;
        if (!plain.Contains('#', StringComparison.Ordinal))
        {
            return plain;
        }

        // A line of text that begins like a heading is none.
        return string.Join('\n', plain.Split('\n').Select(line => line.TrimStart().StartsWith('#') ? "\\" + line.TrimStart() : line));
    }

    private void Add(string part, string gap)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (part.Length == 0)
        {
            return;
        }

        if (_text.Length + (long)part.Length + _page > limits.MaxCharacters)
        {
            throw new UnreadableException($"has more than {limits.MaxCharacters:N0} characters of text. Cut it into documents first");
        }

        if (_page > 0)
        {
            // A sentence that goes on upon the next page stays in its paragraph.
            bool goesOn = _page == 1 && _text.Length > 0 && char.IsLower(part[0]) && EndsWithin();
            string before = _text.Length == 0 ? string.Empty : goesOn ? " " : "\n\n";
            _text.Append(before).Append('\f', _page);
            _page = 0;
        }
        else if (_text.Length > 0)
        {
            _text.Append(gap);
        }

        _text.Append(part);
    }

    private bool EndsWithin() => _text[^1] is var last && (char.IsLetterOrDigit(last) || last is ',' or ';' or '-');
}
