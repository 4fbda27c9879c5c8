using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using LLoCO.Readers.Archives;

namespace LLoCO.Readers.Office;

/// <summary>Reads PPTX: each slide is a page, its title a heading, its notes follow it.</summary>
internal sealed class SlideReader : IDocumentReader
{
    private static readonly string[] Relationships =
    [
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Extensions { get; } = [".pptx", ".pptm"];

    /// <inheritdoc/>
    public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
    {
        using PresentationDocument document = OfficeFile.Open(
            content, limits, (stream, settings) => PresentationDocument.Open(stream, isEditable: false, settings));
        PresentationPart presentation = document.PresentationPart ?? throw new UnreadableException("has no slides");
        var text = new MarkdownText(limits, cancellationToken);
        int number = 0;
        foreach (string id in SlideIds(presentation, limits, cancellationToken))
        {
            if (++number > limits.MaxPages)
            {
                throw new UnreadableException($"has more than {limits.MaxPages:N0} slides");
            }

            if (number > 1)
            {
                text.BeginPage();
            }

            if (presentation.GetPartById(id) is SlidePart slide)
            {
                Write(slide, text, limits, cancellationToken);
            }
        }

        return text.Complete();
    }

    private static void Write(SlidePart slide, MarkdownText text, ReaderLimits limits, CancellationToken cancellationToken)
    {
        IReadOnlyList<SlideShape> shapes = SlideShape.Read(slide.GetStream(), limits, cancellationToken);
        foreach (SlideShape title in shapes.Where(shape => shape.IsTitle))
        {
            text.AddHeading(1, string.Join(' ', title.Lines));
        }

        foreach (SlideShape shape in shapes.Where(shape => !shape.IsTitle && !shape.IsMargin))
        {
            text.AddParagraph(string.Join('\n', shape.Lines));
        }

        if (slide.NotesSlidePart is { } notes)
        {
            foreach (SlideShape note in SlideShape.Read(notes.GetStream(), limits, cancellationToken).Where(shape => shape.Kind == "body"))
            {
                text.AddParagraph(note.Lines.Count > 0 ? "Notes: " + string.Join('\n', note.Lines) : string.Empty);
            }
        }
    }

    private static IEnumerable<string> SlideIds(
        PresentationPart presentation, ReaderLimits limits, CancellationToken cancellationToken)
    {
        using XmlReader reader = XmlParts.Open(presentation.GetStream(), limits);
        while (XmlParts.Next(reader, limits, cancellationToken))
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "sldId" } 
                && Relationships.Select(schema => reader.GetAttribute("id", schema)).OfType<string>().FirstOrDefault() is { } id)
            {
                yield return id;
            }
        }
    }
}
