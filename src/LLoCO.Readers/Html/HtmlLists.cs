using System.Globalization;
using AngleSharp.Dom;

namespace LLoCO.Readers.Html;

/// <summary>The lists that are open, and the marks of their items.</summary>
internal sealed class HtmlLists
{
    private readonly Stack<(int Next, int Step)> _open = new();

    /// <summary>Begins a list.</summary>
    /// <param name="list">Its element, <c>ol</c> or <c>ul</c>.</param>
    public void Begin(IElement list)
    {
        if (list.LocalName == "ul")
        {
            _open.Push(default);
            return;
        }

        bool reversed = list.HasAttribute("reversed");
        int first = Integer(list.GetAttribute("start")) ?? (reversed ? list.Children.Count(child => child.LocalName == "li") : 1);
        _open.Push((first, reversed ? -1 : 1));
    }

    /// <summary>Ends the innermost list.</summary>
    public void End() => _open.TryPop(out _);

    /// <summary>Gives the mark of an item, with the space behind it.</summary>
    /// <param name="item">The item.</param>
    public string Mark(IElement item)
    {
        if (_open.Count == 0 || _open.Peek().Step == 0)
        {
            return "- ";
        }

        (int next, int step) = _open.Pop();
        next = Integer(item.GetAttribute("value")) ?? next;
        _open.Push((unchecked(next + step), step));
        return string.Create(CultureInfo.InvariantCulture, $"{next}. ");
    }

    private static int? Integer(string? value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
}
