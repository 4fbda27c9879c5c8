using Markdig;
using Markdig.Syntax;

namespace LLoCO.Readers.Markdown;

/// <summary>Reads Markdown: its text without marks of emphasis, addresses of links, comments and front matter.</summary>
internal sealed class MarkdownReader : IDocumentReader
{
    private static readonly MarkdownPipeline Syntax = new MarkdownPipelineBuilder().UseYamlFrontMatter().UsePipeTables().Build();

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".md", ".markdown"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
    {
        MarkdownDocument document = Markdig.Markdown.Parse(PlainTextReader.Decode(content.Span, limits), Syntax);
        var text = new MarkdownText(limits, cancellationToken);
        new MarkdownWalk(text, limits, cancellationToken).Write(document);
        return text.Complete();
    }
}
