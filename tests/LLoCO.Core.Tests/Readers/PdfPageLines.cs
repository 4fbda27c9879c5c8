using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Outline;
using UglyToad.PdfPig.Writer;

namespace LLoCO.Core.Tests.Readers;

/// <summary>Lines of a page for PdfPig's writer.</summary>
internal sealed class PdfPageLines
{
    private readonly List<(string Text, double X, double Y, double Size)> _lines = [];

    public PdfPageLines Add(IReadOnlyList<string> lines, double x, double y, double size)
    {
        _lines.AddRange(lines.Select((line, place) => (line, x, y - (place * size * 1.2), size)));
        return this;
    }

    public static byte[] Build(params PdfPageLines[] pages) => Build(pages, null);

    public static byte[] Build(PdfPageLines[] pages, Bookmarks? bookmarks)
    {
        using var builder = new PdfDocumentBuilder { Bookmarks = bookmarks };
        PdfDocumentBuilder.AddedFont font = builder.AddStandard14Font(Standard14Font.Helvetica);
        foreach (PdfPageLines lines in pages)
        {
            PdfPageBuilder page = builder.AddPage(PageSize.A4);
            foreach ((string text, double x, double y, double size) in lines._lines)
            {
                page.AddText(text, size, new PdfPoint(x, y), font);
            }
        }

        return builder.Build();
    }
}
