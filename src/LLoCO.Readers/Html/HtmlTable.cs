using System.Globalization;
using AngleSharp.Dom;

namespace LLoCO.Readers.Html;

/// <summary>The rows of a table of data: a cell that goes over several rows stands in each of them, and no column moves.</summary>
internal sealed class HtmlTable
{
    private const int MaxColumns = 16_384;
    private const int MaxSpan = 1000;
    private const int ToTheEnd = 65_534;

    private readonly List<string> _cells = [];
    private readonly List<(string Text, int Rows)> _spans = [];

    /// <summary>Gets or sets whether a row is open.</summary>
    public bool InRow { get; private set; }

    /// <summary>Tells whether a table only places things on the page: it says so, or holds tables, or has headings or code in its cells
    /// and no heads of columns or rows.</summary>
    /// <param name="table">The table.</param>
    public static bool IsLayout(IElement table) =>
        table.GetAttribute("role") is "presentation" or "none"
        || table.QuerySelector("table") is not null
        || (table.QuerySelector("th, caption") is null && table.QuerySelector("h1, h2, h3, h4, h5, h6, pre") is not null);

    /// <summary>Begins a row.</summary>
    public void BeginRow()
    {
        _cells.Clear();
        InRow = true;
    }

    /// <summary>Ends the rows that cells can go over.</summary>
    public void EndRows() => _spans.Clear();

    /// <summary>Adds a cell.</summary>
    /// <param name="cell">Its element.</param>
    /// <param name="text">Its text, on one line.</param>
    public void Add(IElement cell, string text)
    {
        TakeSpans();
        int rows = SpanOf(cell, "rowspan", ToTheEnd);
        for (int column = SpanOf(cell, "colspan", MaxSpan); column > 0 && _cells.Count < MaxColumns; column--)
        {
            while (rows > 1 && _spans.Count <= _cells.Count)
            {
                _spans.Add((string.Empty, 0));
            }

            if (rows > 1)
            {
                _spans[_cells.Count] = (text, rows - 1);
            }

            _cells.Add(text);
            text = string.Empty;
        }
    }

    /// <summary>Ends a row.</summary>
    /// <returns>Its line; empty if there is nothing in it.</returns>
    public string EndRow()
    {
        InRow = false;
        TakeSpans();
        while (_spans.FindIndex(Math.Min(_cells.Count, _spans.Count), span => span.Rows > 0) >= 0)
        {
            _cells.Add(string.Empty);
            TakeSpans();
        }

        int last = _cells.FindLastIndex(cell => cell.Length > 0);
        return string.Join(" | ", _cells.Take(last + 1));
    }

    private void TakeSpans()
    {
        while (_cells.Count < _spans.Count && _spans[_cells.Count] is (var text, > 0 and var rows))
        {
            _spans[_cells.Count] = (text, rows - 1);
            _cells.Add(text);
        }
    }

    private static int SpanOf(IElement cell, string name, int most) =>
        int.TryParse(cell.GetAttribute(name), NumberStyles.None, CultureInfo.InvariantCulture, out int span)
            ? span == 0 ? (name == "rowspan" ? most : 1) : Math.Min(span, most)
            : 1;
}
