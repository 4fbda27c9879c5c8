using System.Text;
using LLoCO.Readers;

namespace LLoCO.Core.Tests.Readers;

/// <summary>Text, Markdown, HTML, tables and JSON lines. What is expected was written by hand from the formats' definitions.</summary>
public sealed class TextFormatsTests
{
    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    public async Task Read_EachFormatWithAByteOrderMark_IsDecoded(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] Marked(string text) => [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];

        Assert.Equal("Größe 陈 🚢", await ReaderRun.ReadAsync("a.txt", Marked("Größe 陈 🚢")));
        Assert.Equal("# Größe\n\n陈 🚢\n", await ReaderRun.ReadAsync("a.md", Marked("Größe\n===\n陈 *🚢*")));
        Assert.Equal("Größe\n", await ReaderRun.ReadAsync("a.html", Marked("<p>Größe</p>")));
        Assert.Equal("name: Größe; n: 1\n", await ReaderRun.ReadAsync("a.csv", Marked("name,n\nGröße,1\n")));
        Assert.Equal("name: Größe\n", await ReaderRun.ReadAsync("a.jsonl", Marked("""{"name":"Größe"}""")));
    }

    [Fact]
    public async Task Read_Markdown_KeepsItsTextAndStructure() => Assert.Equal(
        """
        # Guide

        ## Start here

        Read the manual & go to https://a.example/x now.
        - one
        - two words

        3. three
        4. four

        Name | Size
        bolt | 3 cm

        ```
        # no heading
        run();
        ```

        A quote.

        \# not a heading

        """.ReplaceLineEndings("\n").Replace("- two words\n\n3.", "- two words\n3.", StringComparison.Ordinal)
            .Replace("4. four\n\nName", "4. four\nName", StringComparison.Ordinal),
        await ReaderRun.ReadAsync(
            "guide.md",
            """
            ---
            title: hidden
            ---
            # Guide #

            Start here
            ----------

            Read **the** [manual](https://x.example "t") &amp; go
            to <https://a.example/x> now.<!-- no -->

            - one
            - two *words*

            3. three
            4. four

            | Name | Size |
            |------|------|
            | bolt | 3 cm |

            ```sh
            # no heading
            run();
            ```

            <!-- a comment -->
            > A quote.

            \# not a heading
            """));

    [Fact]
    public async Task Read_Html_KeepsTheMainTextOnly() => Assert.Equal(
        "# Pumps\n\n## Warranty\n\nTwo years. It covers parts.\n- seals\n- valves\n1. call\n2. send\nPart | Price\nSeal | 3 €\n\n"
        + "```\nx = 1\n  y = 2\n```\n\n\\# 5 is a part.\n",
        await ReaderRun.ReadAsync(
            "page.html",
            """
            <!DOCTYPE html><html><head><title>Pumps – shop</title><style>p{color:red}</style><script>var a = "no";</script></head>
            <body><header><a href="/">Home</a></header><nav><ul><li>Menu</li></ul></nav>
            <div role="banner">Sale!</div>
            <main><h1>Pumps</h1><h2>War<em>ranty</em></h2>
              <p>Two   years.
              It covers <a href="x">parts</a>.</p><script>track()</script><p hidden>secret</p><p style="display: none">gone</p>
              <ul><li>seals</li><li><p>valves</p></li></ul><ol><li>call</li><li>send</li></ol>
              <table><tr><th>Part</th><th>Price</th></tr><tr><td>Seal</td><td>3&nbsp;&euro;</td></tr></table>
              <pre>x = 1
              y = 2</pre><p># 5 is a part.</p>
              <aside>Related</aside></main><footer>Imprint</footer></body></html>
            """.Replace("              y = 2", "  y = 2", StringComparison.Ordinal).Replace("            ", string.Empty, StringComparison.Ordinal)));

    [Fact]
    public async Task Read_HtmlInALatinEncoding_IsReadAsItsHeadSays() => Assert.Equal(
        "Größe\n",
        await ReaderRun.ReadAsync("old.htm", [.. "<meta charset=iso-8859-1><p>Gr"u8, 0xF6, 0xDF, .. "e"u8]));

    [Theory]
    [InlineData("Name,Age\n\"Lovelace, Ada\",36\n\"He said \"\"hi\"\"\",\n", "Name: Lovelace, Ada; Age: 36\nName: He said \"hi\"\n")]
    [InlineData("Name;Ort\r\nAda;\"Lon\r\ndon\"\r\n", "Name: Ada; Ort: Lon don\n")]
    [InlineData("1,2\n3,4", "column 1: 1; column 2: 2\ncolumn 1: 3; column 2: 4\n")]
    public async Task Read_Csv_NamesEachCell(string table, string expected) =>
        Assert.Equal(expected, await ReaderRun.ReadAsync("t.csv", table));

    [Fact]
    public async Task Read_TabSeparated_NamesEachCell() =>
        Assert.Equal("a: 1; b: x, y\n", await ReaderRun.ReadAsync("t.tsv", "a\tb\n1\tx, y\n"));

    [Fact]
    public async Task Read_JsonLines_NamesEachValue() => Assert.Equal(
        "id: 7; author.name: Ada; tags: a, b; ok: True; parts.n: 1; parts.n: 2\nplain\n",
        await ReaderRun.ReadAsync(
            "r.jsonl",
            """{"id":7,"author":{"name":"Ada"},"tags":["a","b"],"none":null,"ok":true,"parts":[{"n":1},{"n":2}]}""" + "\n\n\"plain\"\n"));

    [Fact]
    public async Task Read_BrokenTables_AreRefusedByLine()
    {
        Assert.Contains("line 2", await ReaderRun.RefuseAsync("r.jsonl", "{}\n{\"a\":\n"), StringComparison.Ordinal);
        Assert.Contains("not closed", await ReaderRun.RefuseAsync("t.csv", "a,b\n\"x,1\n"), StringComparison.Ordinal);
        Assert.Contains("not UTF-8", await ReaderRun.RefuseAsync("t.csv", [0x61, 0xFF, 0x62]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_EndlessTables_AreBounded()
    {
        string wide = ReaderRun.Repeat("x,", 20_000) + "\n";
        string cells = ReaderRun.Repeat("<td>x", 50_000);
        var small = new ReaderLimits { MaxCharacters = 10_000 };

        Assert.Contains("columns", await ReaderRun.RefuseAsync("t.csv", wide), StringComparison.Ordinal);
        Assert.Contains("10,000 characters", await ReaderRun.RefuseAsync("t.html", "<table><tr>" + cells, small), StringComparison.Ordinal);
        Assert.Contains(
            "10,000 characters",
            await ReaderRun.RefuseAsync("t.md", "|a|b|\n|-|-|\n" + ReaderRun.Repeat("|1|2|\n", 5_000), small), StringComparison.Ordinal);
        Assert.Contains("10,000 characters", await ReaderRun.RefuseAsync("t.txt", ReaderRun.Repeat("x", 10_001), small), StringComparison.Ordinal);
        Assert.Contains(
            "characters", await ReaderRun.RefuseAsync("t.jsonl", ReaderRun.Repeat("{\"a\":1}\n", 5_000), small), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_DeepNesting_IsBounded()
    {
        Assert.Contains(
            "line 1",
            await ReaderRun.RefuseAsync("d.jsonl", ReaderRun.Repeat("[", 100_000) + ReaderRun.Repeat("]", 100_000)), StringComparison.Ordinal);
        await ReaderRun.RefuseAsync("d.md", ReaderRun.Repeat("> ", 100_000) + "deep");

        // Browsers take such a page, in time that grows with the square of its depth: the limit of time ends it.
        Exception? page = await Record.ExceptionAsync(() => ReaderRun.ReadAsync(
            "d.html", ReaderRun.Repeat("<div>", 100_000) + "deep", new ReaderLimits { MaxTime = TimeSpan.FromSeconds(1) }));
        Assert.True(page is null or LlocoException, page?.ToString());
    }
}
