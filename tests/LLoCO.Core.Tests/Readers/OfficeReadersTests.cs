using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using LLoCO.Readers;

namespace LLoCO.Core.Tests.Readers;

/// <summary>DOCX and PPTX files are made with the Open XML SDK.</summary>
public sealed class OfficeReadersTests
{
    private const string Word = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
        + "xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\"";

    [Fact]
    public async Task Read_Docx_KeepsHeadingsListsTablesPagesAndFootnotes()
    {
        // "berschrift1" is what Word calls the style in German; its name stays "heading 1".
        byte[] file = Docx(
            $"""
            <w:p><w:pPr><w:pStyle w:val="Titel"/></w:pPr><w:r><w:t>Offer</w:t></w:r></w:p>
            <w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t xml:space="preserve">War</w:t></w:r><w:r><w:t>ranty</w:t></w:r></w:p>
            <w:p><w:r><w:t xml:space="preserve">Two </w:t></w:r><w:del><w:r><w:delText>three</w:delText></w:r></w:del><w:ins><w:r><w:t>years.</w:t></w:r></w:ins></w:p>
            <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>seals</w:t></w:r></w:p>
            <w:p><w:r><w:br w:type="page"/></w:r></w:p>
            <w:p><w:pPr><w:pStyle w:val="Own"/></w:pPr><w:r><w:lastRenderedPageBreak/><w:t>Prices</w:t></w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Seal</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>3 €</w:t></w:r></w:p><w:p><w:r><w:t>net</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            <w:p><w:r><w:t>It ends on</w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t>page three.</w:t></w:r></w:p>
            <w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>Small print</w:t></w:r></w:p>
            """,
            """
            <w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
            <w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
            <w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
            <w:style w:styleId="Own"><w:name w:val="Ours"/><w:basedOn w:val="berschrift2"/></w:style>
            """);

        Assert.Equal(
            "# Offer\n\n# Warranty\n\nTwo years.\n- seals\n\n\f## Prices\nSeal | 3 € net\n\nIt ends on \fpage three.\n\n### Small print\n",
            await ReaderRun.ReadAsync("offer.docx", file));
    }

    [Fact]
    public async Task Read_Docx_KeepsEquationsEndnotesAndAllPiecesOfText_ButNoHiddenText()
    {
        byte[] file = Docx(
            """
            <w:p><w:r><w:t xml:space="preserve">The force is </w:t></w:r><m:oMath><m:r><m:t>F=42</m:t></m:r></m:oMath><w:r><w:t xml:space="preserve"> newton.</w:t></w:r></w:p>
            <w:p><w:r><w:t>a</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Off"/></w:rPr><w:t>secret</w:t></w:r><w:r><w:t>b</w:t></w:r></w:p>
            <w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>shown</w:t></w:r></w:p>
            <w:p><w:pPr><w:pStyle w:val="Off"/></w:pPr><w:r><w:t>secret</w:t></w:r></w:p>
            <w:p><w:r><w:t>be</w:t></w:r><w:r><w:t><![CDATA[A]]>B<![CDATA[<C]]></w:t></w:r></w:p>
            """,
            """<w:style w:styleId="Off"><w:rPr><w:vanish/></w:rPr></w:style>""",
            "<w:endnote><w:p><w:r><w:t>Ordra owns it.</w:t></w:r></w:p></w:endnote>");

        Assert.Equal("The force is F=42 newton.\n\nab\n\nshown\n\nbeAB<C\n\nOrdra owns it.\n", await ReaderRun.ReadAsync("a.docx", file));
    }

    [Fact]
    public async Task Read_Pptx_MakesEachSlideAPage()
    {
        byte[] file = Pptx(
            Slide(Shape("body", "First point", "Second point"), Shape("ctrTitle", "Plan"), Shape("sldNum", "1")),
            Slide(Shape("title", "Costs"), Table("Seal", "3 €")));

        Assert.Equal("# Plan\n\nFirst point\nSecond point\n\n\f# Costs\n\nSeal | 3 €\n", await ReaderRun.ReadAsync("plan.pptx", file));
    }

    [Fact]
    public async Task Read_DeepNesting_IsRefused()
    {
        byte[] file = Docx(ReaderRun.Repeat("<w:sdt><w:sdtContent>", 2_000) + ReaderRun.Repeat("</w:sdtContent></w:sdt>", 2_000), string.Empty);

        Assert.Contains("128 deep", await ReaderRun.RefuseAsync("deep.docx", file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AnArchiveThatUnpacksToTooMuch_IsRefused()
    {
        string much = ReaderRun.Repeat("a", 4 << 20);

        Assert.Contains(
            "times its size", await ReaderRun.RefuseAsync("bomb.docx", ReaderRun.Zip(("word/document.xml", much))), StringComparison.Ordinal);
        Assert.Contains(
            "unpacks to more than 3 MiB",
            await ReaderRun.RefuseAsync(
                "bomb.pptx", ReaderRun.Zip(("a", much)), new ReaderLimits { MaxUnpackedBytes = 3 << 20, MaxRatio = int.MaxValue }),
            StringComparison.Ordinal);
        Assert.Contains(
            "parts",
            await ReaderRun.RefuseAsync(
                "many.epub", ReaderRun.Zip([.. Enumerable.Range(0, 101).Select(i => ($"{i}", "x"))]), new ReaderLimits { MaxEntries = 100 }),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_EndlessTables_AreBounded() => Assert.Contains(
        "characters",
        await ReaderRun.RefuseAsync(
            "rows.docx",
            Docx("<w:tbl>" + ReaderRun.Repeat("<w:tr><w:tc><w:p><w:r><w:t>xy</w:t></w:r></w:p></w:tc></w:tr>", 5_000) + "</w:tbl>", string.Empty),
            new ReaderLimits { MaxCharacters = 10_000 }),
        StringComparison.Ordinal);

    [Fact]
    public async Task Read_AProtectedFile_SaysSo() => Assert.Contains(
        "password",
        await ReaderRun.RefuseAsync("locked.docx", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0]), StringComparison.Ordinal);

    private static byte[] Docx(string body, string styles, string? endnotes = null)
    {
        using var stream = new MemoryStream();
        using (WordprocessingDocument document = WordprocessingDocument.Create(stream, WordprocessingDocumentType.Document))
        {
            MainDocumentPart main = document.AddMainDocumentPart();
            Feed(main, $"<w:document {Word}><w:body>{body}</w:body></w:document>");
            Feed(main.AddNewPart<StyleDefinitionsPart>(), $"<w:styles {Word}>{styles}</w:styles>");
            if (endnotes is not null)
            {
                Feed(main.AddNewPart<EndnotesPart>(), $"<w:endnotes {Word}>{endnotes}</w:endnotes>");
            }
        }

        return stream.ToArray();
    }

    private static byte[] Pptx(params string[] slides)
    {
        const string Schemas = "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" "
            + "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" "
            + "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
        using var stream = new MemoryStream();
        using (PresentationDocument document = PresentationDocument.Create(stream, PresentationDocumentType.Presentation))
        {
            PresentationPart presentation = document.AddPresentationPart();
            string ids = string.Empty;
            foreach (string slide in slides)
            {
                SlidePart part = presentation.AddNewPart<SlidePart>();
                Feed(part, $"<p:sld {Schemas}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>");
                ids += $"<p:sldId id=\"{256 + ids.Length}\" r:id=\"{presentation.GetIdOfPart(part)}\"/>";
            }

            Feed(presentation, $"<p:presentation {Schemas}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>");
        }

        return stream.ToArray();
    }

    private static string Slide(params string[] shapes) => string.Concat(shapes);

    private static string Shape(string kind, params string[] lines) =>
        $"<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"{kind}\"/></p:nvPr></p:nvSpPr><p:txBody>"
        + string.Concat(lines.Select(line => $"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>")) + "</p:txBody></p:sp>";

    private static string Table(params string[] cells) => "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr>"
        + string.Concat(cells.Select(cell => $"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>"))
        + "</a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>";

    private static void Feed(OpenXmlPart part, string xml)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(xml));
        part.FeedData(stream);
    }
}
