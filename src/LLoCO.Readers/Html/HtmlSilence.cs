using AngleSharp.Dom;

namespace LLoCO.Readers.Html;

/// <summary>Tells which elements of a page are no text of it.</summary>
/// <param name="wholePage">Whether headers, footers and asides are text as well.</param>
/// <param name="root">The element whose text is read.</param>
internal sealed class HtmlSilence(bool wholePage, IElement root)
{
    private static readonly HashSet<string> Silent = new(StringComparer.OrdinalIgnoreCase)
    {
        "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas", "audio", "video", "nav", "button",
        "select", "input", "textarea", "datalist", "dialog", "head", "title", "rp", "rt",
    };

    private static readonly HashSet<string> MarginRoles = new(StringComparer.OrdinalIgnoreCase)
    {
        "navigation", "banner", "contentinfo", "search", "complementary", "menu", "dialog",
    };

    // What the generators of manuals call the boxes of their text.
    private static readonly string[] Notes =
        ["note", "warning", "caution", "danger", "important", "tip", "hint", "admonition", "callout", "attention", "notice"];

    /// <summary>Tells whether an element, with all that is in it, is no text.</summary>
    /// <param name="element">The element.</param>
    public bool Covers(IElement element) => element != root && (Silent.Contains(element.LocalName)
        || (!wholePage && IsMargin(element))
        || (!wholePage && element.GetAttribute("role") is { } role && MarginRoles.Contains(role))
        || element.HasAttribute("hidden")
        || string.Equals(element.GetAttribute("aria-hidden"), "true", StringComparison.OrdinalIgnoreCase)
        || element.GetAttribute("style")?.Replace(" ", string.Empty, StringComparison.Ordinal)
            .Contains("display:none", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>Tells whether neither an element nor one around it is covered.</summary>
    /// <param name="element">An element in the root.</param>
    public bool IsHeard(IElement element)
    {
        for (IElement? around = element; around is not null && around != root; around = around.ParentElement)
        {
            if (Covers(around))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsMargin(IElement element) => element.LocalName switch
    {
        "header" => !HoldsTitle(element),
        "footer" => true,
        "aside" => !IsNote(element),
        _ => false,
    };

    // The header of an article holds its title; that of a page its menus, or, as of documents that were converted, the title alone.
    private static bool HoldsTitle(IElement header) => header.ParentElement?.LocalName is "article" or "main" or "section"
        || (header.QuerySelector("h1") is not null && header.QuerySelector("a, nav, form, input, button") is null);

    // A box beside the text that belongs to it, not to the page.
    private static bool IsNote(IElement aside) => aside.GetAttribute("role") is "note" or "doc-tip" or "doc-notice" or "doc-footnote"
        || aside.ClassList.Any(name => Notes.Any(note => name.Contains(note, StringComparison.OrdinalIgnoreCase)));
}
