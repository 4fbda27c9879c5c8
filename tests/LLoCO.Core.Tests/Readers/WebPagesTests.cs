using System.Text;

namespace LLoCO.Core.Tests.Readers;

/// <summary>HTML, XHTML and Markdown with HTML in it, as programs write them. What is expected was written by hand.</summary>
public sealed class WebPagesTests
{
    private const string Xhtml = "<html xmlns='http://www.w3.org/1999/xhtml'>";

    [Theory]
    [InlineData("<head><title/></head><body><p>Elmsgate.</p></body>")]
    [InlineData("<head><title>t</title><script src=\"x.js\" /></head><body><p>Elmsgate.</p></body>")]
    [InlineData("<head><style/></head><body><a id='x>y'/><p>Elm<b/>sgate.</p><textarea/><iframe src='a'/></body>")]
    [InlineData("<body><!-- <title/> --><p><![CDATA[Elmsgate]]>.</p><script>if (a<b/c) { x = '<p/>'; }</script></body>")]
    public async Task Read_Xhtml_EmptyElementsEndWhereTheyStand(string page)
    {
        Assert.EndsWith("Elmsgate.\n", await ReaderRun.ReadAsync("a.xhtml", Xhtml + page + "</html>"), StringComparison.Ordinal);
        Assert.EndsWith(
            "Elmsgate.\n",
            await ReaderRun.ReadAsync("a.html", "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY x '>'>]><html>" + page + "</html>"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<?xml version='1.0' encoding='ISO-8859-1'?><html><body><p>Größe</p></body></html>", "iso-8859-1")]
    [InlineData("<!-- <meta charset=utf-8> --><meta http-equiv='Content-Type' content='text/html; charset=windows-1252'><p>Größe</p>", "iso-8859-1")]
    [InlineData("<?xml version='1.0' encoding='UTF-8'?><html><body><p>Größe</p></body></html>", "utf-8")]
    public async Task Read_APageThatNamesItsEncoding_IsReadInIt(string page, string encoding) =>
        Assert.Equal("Größe\n", await ReaderRun.ReadAsync("a.html", Encoding.GetEncoding(encoding).GetBytes(page)));

    [Theory]
    [InlineData("<p>Größe</p>", "not UTF-8")]
    [InlineData("<?xml version='1.0' encoding='UTF-8'?><p>Größe</p>", "not UTF-8")]
    [InlineData("<meta charset=us-klingon><p>Größe</p>", "us-klingon")]
    public async Task Read_BytesThatCannotBeDecoded_AreRefused(string page, string fault) =>
        Assert.Contains(fault, await ReaderRun.RefuseAsync("a.html", Encoding.Latin1.GetBytes(page)), StringComparison.Ordinal);

    [Fact]
    public async Task Read_Lists_KeepTheirNumbers() => Assert.Equal(
        "5. a\n9. b\n10. c\n2. last\n1. first\n- x\n\nEnd\n",
        await ReaderRun.ReadAsync(
            "a.html", "<ol start=5><li>a<li value=9>b<li>c</ol><ol reversed><li>last<li>first</ol><ul><li>x<li></ul><p>End"));

    [Fact]
    public async Task Read_Tables_KeepTheirColumns() => Assert.Equal(
        "| 2019 | 2020\nRevenue | 5 | 7\nNorth | Ada | 41\nNorth | Bob | 52\nAlpha beta | x\nboth |  | z\n".Replace("| 2019", " | 2019", StringComparison.Ordinal).TrimStart(),
        (await ReaderRun.ReadAsync(
            "a.html",
            "<table><tr><th></th><th>2019</th><th>2020</th></tr><tr><th>Revenue</th><td>5</td><td>7</td></tr></table>"
            + "<table><tr><td rowspan=2>North</td><td>Ada</td><td>41</td></tr><tr><td>Bob</td><td>52</td></tr></table>"
            + "<table><tr><td><div>Alpha</div>beta</td><td>x</td></tr><tr><td colspan=2>both</td><td>z</td></tr></table>")).TrimStart());

    [Fact]
    public async Task Read_TablesThatPlaceThings_AreTextInOrder()
    {
        Assert.Equal(
            "# Manual\n\nFirst para.\n\n## Warranty\n\nTwo years.\nNo more.\n",
            await ReaderRun.ReadAsync(
                "a.html", "<table><tr><td><h1>Manual</h1><p>First para.</p><h2>Warranty</h2><p>Two years.<br>No more.</p></td></tr></table>"));
        Assert.Equal(
            "outer1\nin1 | in2\n\nouter3\n",
            await ReaderRun.ReadAsync(
                "a.html", "<table><tr><td>outer1</td><td><table><tr><td>in1</td><td>in2</td></tr></table></td><td>outer3</td></tr></table>"));
    }

    [Fact]
    public async Task Read_BreaksSoftHyphensAndNotes_AreRead() => Assert.Equal(
        "```\nalpha\nbeta\n```\n\nDonaudampfschiff\n\nNever touch the red wire.\n",
        await ReaderRun.ReadAsync(
            "a.html",
            "<pre>alpha<br>beta</pre><p>Donau&shy;dampf&shy;schiff</p><aside>Related</aside><aside class='box warning'>Never touch the red wire.</aside>"));

    [Fact]
    public async Task Read_TheHeaderOfADocument_IsItsTitle() => Assert.Equal(
        "# Charter\n\nAda Lund\n\n## Duties\n",
        await ReaderRun.ReadAsync(
            "a.html", "<title>T</title><header id='title-block-header'><h1>Charter</h1><p>Ada Lund</p></header><h2>Duties</h2>"));

    [Fact]
    public async Task Read_TheHeaderOfASite_LeavesThePageItsTitle() => Assert.Equal(
        "# Duties of a keeper\n\nHe lights the lamp.\n",
        await ReaderRun.ReadAsync(
            "a.html", "<title>Duties of a keeper</title><header><h1><a href='/'>Elmsgate</a></h1></header><p>He lights the lamp.</p>"));

    [Fact]
    public async Task Read_MarkdownWithHtml_KeepsWordsApart() => Assert.Equal(
        "a | b\none two | three four\n\nFirst\nSecond line\nName | Age\nAda | 36\n\nImportant remark here.\n\nIn a cell.\nBob | 41\n",
        await ReaderRun.ReadAsync(
            "a.md",
            """
            | a | b |
            |---|---|
            | one<br>two | three<br/>four |

            First<br>Second line

            <table>
            <tr><td>Name</td><td>Age</td></tr>

            <tr><td>Ada</td><td>36</td></tr>
            </table>

            <!-- note --> Important remark here.

            <table><tr><td>

            In a *cell*.

            </td></tr>

            <tr><td>Bob</td><td>41</td></tr></table>
            """));

    [Theory]
    [InlineData("Country,2019,2020\nNorway,5,7\n", "Country: Norway; 2019: 5; 2020: 7\n")]
    [InlineData("Country,2020\nNorway,5\n", "Country: Norway; 2020: 5\n")]
    [InlineData("Ada,1999\nBob,2001\n", "column 1: Ada; column 2: 1999\ncolumn 1: Bob; column 2: 2001\n")]
    [InlineData("Ada,36\nBob,41\n", "column 1: Ada; column 2: 36\ncolumn 1: Bob; column 2: 41\n")]
    [InlineData(",name,age\n0,Ada,36\n", "column 1: 0; name: Ada; age: 36\n")]
    [InlineData("sep=;\r\nName;Age\r\nAda, Bo;36\r\n", "Name: Ada, Bo; Age: 36\n")]
    [InlineData("\"sep=\t\"\nName\tAge\nAda\t36\n", "Name: Ada; Age: 36\n")]
    public async Task Read_Csv_FindsTheNamesOfColumns(string table, string expected) =>
        Assert.Equal(expected, await ReaderRun.ReadAsync("t.csv", table));

    [Fact]
    public async Task Read_AFileOfAnotherFormatUnderANameOfText_IsRefused()
    {
        foreach (string name in new[] { "a.txt", "a.md", "a.csv", "a.html", "a.jsonl" })
        {
            Assert.Contains("PDF file", await ReaderRun.RefuseAsync(name, "%PDF-1.4\n1 0 obj"), StringComparison.Ordinal);
            Assert.Contains("RTF file", await ReaderRun.RefuseAsync(name, "{\\rtf1\\ansi Hello}"), StringComparison.Ordinal);
            Assert.Contains("ZIP archive", await ReaderRun.RefuseAsync(name, "PK\u0003\u0004\u0014\0\u0006\0 word"), StringComparison.Ordinal);
        }

        string page = "{\\rtf1 <meta charset=\"latin1\">";
        Assert.Contains("RTF file", await ReaderRun.RefuseAsync("a.html", page), StringComparison.Ordinal);

        Assert.Equal("A %PDF- sign.", await ReaderRun.ReadAsync("a.txt", "A %PDF- sign."));
    }
}
