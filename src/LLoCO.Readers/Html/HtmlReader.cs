using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace LLoCO.Readers.Html;

/// <summary>Reads the main text of a web page: headings, paragraphs, lists, tables and code; no scripts, styles, menus or forms.</summary>
internal sealed class HtmlReader : IDocumentReader
{
    // AngleSharp's own bound is for what browsers accept; a parse of deeper pages takes time in the square of the depth.
    private const int DepthFactor = 4;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".html", ".htm", ".xhtml"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
    {
        var text = new MarkdownText(limits, cancellationToken);
        Write(HtmlSource.Decode(content.Span), text, limits, wholePage: false, cancellationToken);
        return text.Complete();
    }

    /// <summary>Writes the text of a page.</summary>
    /// <param name="source">The page; HTML, or XHTML if it says so.</param>
    /// <param name="text">Where the text goes.</param>
    /// <param name="limits">Bounds the depth.</param>
    /// <param name="wholePage">Whether all of its body is text, as in a book or a letter.</param>
    /// <param name="cancellationToken">Cancels parsing too.</param>
    public static void Write(
        string source, MarkdownText text, ReaderLimits limits, bool wholePage, CancellationToken cancellationToken)
    {
        var parser = new HtmlParser(new HtmlParserOptions
        {
            MaximumDepth = limits.MaxDepth * DepthFactor, SkipComments = true, SkipProcessingInstructions = true,
        });
        string html = HtmlSource.IsXhtml(source) ? HtmlSource.FromXhtml(source) : source;
        using IHtmlDocument page = parser.ParseDocumentAsync(html, cancellationToken).GetAwaiter().GetResult();
        IElement? root = wholePage ? page.Body : MainOf(page);
        if (root is null)
        {
            return;
        }

        var silence = new HtmlSilence(wholePage, root);
        if (!wholePage && page.Title is { Length: > 0 } title && !root.QuerySelectorAll("h1").Any(silence.IsHeard))
        {
            text.AddHeading(1, title);
        }

        new HtmlWalk(text, silence, cancellationToken).Write(root);
    }

    private static IElement? MainOf(IHtmlDocument page)
    {
        IElement[] main = [.. page.QuerySelectorAll("main, [role=main]")];
        if (main.Length == 1)
        {
            return main[0];
        }

        IElement[] articles = [.. page.QuerySelectorAll("article")];
        return articles.Length == 1 ? articles[0] : page.Body;
    }
}
