using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using LLoCO.Readers.Archives;

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
        ReadOnlySpan<byte> bytes = content.Span;
        bool wide = bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, 0, 0xFE, 0xFF, ..];
        using Stream stream = wide
            ? new MemoryStream(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(PlainTextReader.Decode(bytes, limits))).ToArray())
            : ZipGuard.ToStream(content);
        Write(stream, text, limits, wholePage: false, cancellationToken);
        return text.Complete();
    }

    /// <summary>Writes the text of a page.</summary>
    /// <param name="content">The page, in the encoding that its mark or its head says, else UTF-8.</param>
    /// <param name="text">Where the text goes.</param>
    /// <param name="limits">Bounds the depth.</param>
    /// <param name="wholePage">Whether all of its body is text, as in a book or a letter.</param>
    /// <param name="cancellationToken">Cancels parsing too.</param>
    public static void Write(
        Stream content, MarkdownText text, ReaderLimits limits, bool wholePage, CancellationToken cancellationToken)
    {
        var parser = new HtmlParser(new HtmlParserOptions
        {
            MaximumDepth = limits.MaxDepth * DepthFactor, SkipComments = true, SkipProcessingInstructions = true,
        });
        using IHtmlDocument page = parser.ParseDocumentAsync(content, cancellationToken).GetAwaiter().GetResult();
        IElement? root = wholePage ? page.Body : MainOf(page);
        if (!wholePage && root is not null && root.QuerySelector("h1") is null && page.Title is { Length: > 0 } title)
        {
            text.AddHeading(1, title);
        }

        if (root is not null)
        {
            new HtmlWalk(text, wholePage, cancellationToken).Write(root);
        }
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
