using DocumentFormat.OpenXml.Packaging;

namespace LLoCO.Readers.Office;

/// <summary>Reads DOCX: paragraphs, headings, lists, tables, equations, footnotes and endnotes, without hidden text. Pages are those that
/// the program that saved it counted.</summary>
internal sealed class WordReader : IDocumentReader
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".docx", ".docm"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
    {
        using WordprocessingDocument document = OfficeFile.Open(
            content, limits, (stream, settings) => WordprocessingDocument.Open(stream, isEditable: false, settings));
        MainDocumentPart main = document.MainDocumentPart ?? throw new UnreadableException("has no text part");
        WordStyles styles = WordStyles.Read(main.StyleDefinitionsPart, limits, cancellationToken);
        var text = new MarkdownText(limits, cancellationToken);
        var walk = new WordWalk(text, styles, limits, cancellationToken);
        walk.Write(main.GetStream());
        if (main.FootnotesPart is { } footnotes)
        {
            walk.Write(footnotes.GetStream());
        }

        if (main.EndnotesPart is { } endnotes)
        {
            walk.Write(endnotes.GetStream());
        }

        return text.Complete();
    }
}
