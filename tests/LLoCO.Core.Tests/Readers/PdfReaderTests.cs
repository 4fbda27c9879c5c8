using System.IO.Compression;
using System.Text;
using LLoCO.Readers;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Outline;
using UglyToad.PdfPig.Outline.Destinations;
using UglyToad.PdfPig.Writer;

namespace LLoCO.Core.Tests.Readers;

/// <summary>PDF files are made with PdfPig's writer; damaged and hostile ones by hand.</summary>
public sealed class PdfReaderTests
{
    [Fact]
    public async Task Read_TwoColumns_AreReadOneAfterTheOther()
    {
        var page = new PdfPageLines();
        string[] left = ["The pump is built of parts that were", "made for high pressure and a long", "life in salt water, and its seals are",
            "checked twice before it is deli-", "vered to the yard."];
        string[] right = ["Its valves close by themselves when", "the power fails, so that no water", "flows back into the tank below."];
        page.Add(left, 60, 700, 10).Add(right, 330, 700, 10);

        Assert.Equal(
            "The pump is built of parts that were made for high pressure and a long life in salt water, and its seals are checked twice "
            + "before it is delivered to the yard.\n\nIts valves close by themselves when the power fails, so that no water flows back into "
            + "the tank below.\n",
            await ReaderRun.ReadAsync("a.pdf", PdfPageLines.Build(page)));
    }

    [Fact]
    public async Task Read_TwoColumnsOfHebrew_AreReadFromTheRight()
    {
        // A font whose codes of small Latin letters stand for Hebrew ones: what stands on the page is the alphabet from 0x5D0 on.
        string differences = string.Concat(Enumerable.Range(0, 26).Select(i => $"/uni{0x5D0 + i:X4}"));
        string widths = string.Join(' ', Enumerable.Repeat(500, 91));
        var content = new StringBuilder("BT /F 10 Tf ");
        string[] left = ["abcdef ghijk lmnop qrst", "bcdefg hijkl mnopq rsta"], right = ["cdefgh ijklm nopqr stab", "defghi jklmn opqrs tabc"];
        foreach ((string[] lines, int x) in new[] { (left, 60), (right, 330) })
        {
            content.Append(string.Concat(lines.Select((line, place) => $"1 0 0 1 {x} {700 - (12 * place)} Tm ({line}) Tj ")));
        }

        byte[] file = MinimalPdf.Build(
            Encoding.ASCII.GetBytes(content + "ET"), string.Empty,
            $"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Alef/FirstChar 32/LastChar 122/Widths[{widths}]/Encoding<</Differences[97{differences}]>>"
            + "/FontDescriptor<</Type/FontDescriptor/FontName/Alef/Flags 4/FontBBox[0 -200 600 800]/ItalicAngle 0/Ascent 800/Descent -200"
            + "/CapHeight 700/StemV 80>>>>>>>>",
            "0 0 595 842");
        string Hebrew(string[] lines) => string.Join(' ', lines.Select(line => string.Concat(
            line.Reverse().Select(sign => sign == ' ' ? ' ' : (char)(0x5D0 + sign - 'a')))));

        Assert.Equal($"{Hebrew(right)}\n\n{Hebrew(left)}\n", await ReaderRun.ReadAsync("a.pdf", file));
    }

    [Fact]
    public async Task Read_PagesAndHeadings_AreKept()
    {
        var first = new PdfPageLines().Add(["Manual"], 60, 780, 24).Add(Body("first"), 60, 700, 10).Add(["Pumps Ltd., page 1"], 60, 40, 10);
        var second = new PdfPageLines().Add(["Warranty"], 60, 780, 16).Add(Body("second"), 60, 700, 10).Add(["Pumps Ltd., page 2"], 60, 40, 10);
        var third = new PdfPageLines().Add(Body("third"), 60, 780, 10).Add(["Pumps Ltd., page 3"], 60, 40, 10);

        string text = await ReaderRun.ReadAsync("a.pdf", PdfPageLines.Build(first, second, third));

        Assert.Equal(
            $"# Manual\n\n{Joined("first")}\n\n\f## Warranty\n\n{Joined("second")}\n\n\f{Joined("third")}\n", text);
    }

    [Fact]
    public async Task Read_LinesThatDifferByMoreThanThePage_StayWhereverTheyStand()
    {
        PdfPageLines Invoice(int number, string customer) => new PdfPageLines().Add([$"Invoice {number}"], 60, 800, 10)
            .Add(Body(customer), 60, 700, 10).Add([$"Due: {number - 4708} May 1897"], 60, 560, 10).Add(["Goods for the yard"], 60, 500, 10)
            .Add([$"Total: {number}.00 EUR"], 60, 420, 10).Add(["Harbour Stores"], 60, 60, 10).Add([$"Page {number - 4710} of 3"], 300, 30, 10);

        string text = await ReaderRun.ReadAsync("a.pdf", PdfPageLines.Build(Invoice(4711, "first"), Invoice(4712, "next"), Invoice(4713, "last")));

        foreach (string kept in new[] { "Invoice 4711", "Invoice 4713", "Due: 4 May 1897", "Total: 4711.00 EUR", "Total: 4713.00 EUR" })
        {
            Assert.Contains(kept, text, StringComparison.Ordinal);
        }

        Assert.Equal(4, text.Split("Goods for the yard").Length);
        Assert.DoesNotContain("Page", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Harbour Stores", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("- {0} -", true)]
    [InlineData("{0}/4", true)]
    [InlineData("Seite {0} von 4", true)]
    [InlineData("Manual | {0}", true)]
    [InlineData("Part {0}", false)]
    [InlineData("Version 1.{0}", false)]
    [InlineData("{0} pumps", false)]
    public async Task Read_ANumberThatCountsWithThePages_GoesIfItStandsAsPageNumbersDo(string footer, bool goes)
    {
        PdfPageLines[] pages = [.. Enumerable.Range(1, 4).Select(page => new PdfPageLines().Add(Body($"x{page}"), 60, 700, 10)
            .Add([string.Format(System.Globalization.CultureInfo.InvariantCulture, footer, page)], 60, 40, 10))];

        string text = await ReaderRun.ReadAsync("a.pdf", PdfPageLines.Build(pages));

        string third = string.Format(System.Globalization.CultureInfo.InvariantCulture, footer, 3);
        Assert.Equal(!goes, text.Contains($"\n\n{third}\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_Bookmarks_NameHeadingsOfAnySize()
    {
        var page = new PdfPageLines().Add(["3.1 Care of seals"], 60, 780, 10).Add(Body("only"), 60, 700, 10);
        byte[] file = PdfPageLines.Build([page], new Bookmarks(
        [
            new DocumentBookmarkNode("3.1  Care of Seals", 1, new ExplicitDestination(1, ExplicitDestinationType.FitPage, ExplicitDestinationCoordinates.Empty), []),
        ]));

        Assert.Equal($"# 3.1 Care of seals\n\n{Joined("only")}\n", await ReaderRun.ReadAsync("a.pdf", file));
    }

    [Fact]
    public async Task Read_ASentenceThatGoesOnUponTheNextPage_StaysOneParagraph()
    {
        string text = await ReaderRun.ReadAsync("a.pdf", PdfPageLines.Build(
            new PdfPageLines().Add(["Seals are changed each year, and valves"], 60, 700, 10),
            new PdfPageLines().Add(["are changed each second year."], 60, 700, 10)));

        Assert.Equal("Seals are changed each year, and valves \fare changed each second year.\n", text);
    }

    [Fact]
    public async Task Read_PagesWithoutText_SayWhatHelps() => Assert.Contains(
        "OCR", await ReaderRun.RefuseAsync("scan.pdf", PdfPageLines.Build(new PdfPageLines())), StringComparison.Ordinal);

    [Fact]
    public async Task Read_MorePagesThanAllowed_IsRefused() => Assert.Contains(
        "2 pages",
        await ReaderRun.RefuseAsync(
            "a.pdf",
            PdfPageLines.Build(new PdfPageLines().Add(["a"], 60, 700, 10), new PdfPageLines().Add(["b"], 60, 700, 10)),
            new ReaderLimits { MaxPages = 1 }),
        StringComparison.Ordinal);

    [Fact]
    public async Task Read_LzwThatUnpacksToTooMuch_IsRefused()
    {
        // Each code stands for the sequence before it and one sign more: n codes unpack to about n squared / 2.
        var bits = new StringBuilder("100000000" + "000100000");
        for (int code = 258; code < 4095; code++)
        {
            int width = code < 511 ? 9 : code < 1023 ? 10 : code < 2047 ? 11 : 12;
            bits.Append(Convert.ToString(code, 2).PadLeft(width, '0'));
        }

        byte[] packed = [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.ToString(i * 8, 8), 2))];

        Assert.Contains(
            "unpacks to more than",
            await ReaderRun.RefuseAsync("lzw.pdf", MinimalPdf.Build(packed, "/Filter/LZWDecode"), new ReaderLimits { MaxUnpackedBytes = 1 << 20 }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("<</A ", ">>")]
    public async Task Read_DeepNesting_EndsWithARefusal(string open, string close) => await ReaderRun.RefuseAsync(
        "deep.pdf",
        Encoding.ASCII.GetBytes(
            "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X 4 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
            + "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources 4 0 R>>\nendobj\n4 0 obj\n"
            + ReaderRun.Repeat(open, 100_000) + "1" + ReaderRun.Repeat(close, 100_000)
            + "\nendobj\ntrailer\n<</Root 1 0 R/Size 5>>\n%%EOF"));

    private static string[] Body(string word) =>
        [$"This is the {word} page of text in small", "letters, which goes on over a few lines", "so that it is most of what stands here."];

    private static string Joined(string word) => string.Join(' ', Body(word));
}
