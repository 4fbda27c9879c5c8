using LLoCO.Core.Segments;

namespace LLoCO.Core.Tests.Segments;

public sealed class TextOutlineTests
{
    private const string Text = "Cover\n\n\f# Manual\n\nIt is long.\n\n## Warranty\n\nTwo years and \fone month.\n```\n# code\n```\n\n\\# 5\n#tag\n\f\fEnd";

    [Theory]
    [InlineData("Cover", "page 1")]
    [InlineData("It is long", "page 2, Manual")]
    [InlineData("## Warranty", "page 2, Warranty")]
    [InlineData("Two years and \fone", "pages 2-3, Warranty")]
    [InlineData("one month", "page 3, Warranty")]
    [InlineData("\\# 5", "page 3, Warranty")]
    [InlineData("End", "page 5, Warranty")]
    public void FindPlace_NamesPageAndHeading(string stretch, string expected)
    {
        int start = Text.IndexOf(stretch, StringComparison.Ordinal);

        Assert.Equal(expected, TextOutline.Find(Text).FindPlace(start, start + stretch.Length));
    }

    [Theory]
    [InlineData("no structure", null)]
    [InlineData("intro\n\n### Deep", "Deep")]
    [InlineData("####### seven", null)]
    [InlineData("#\n# \n", null)]
    public void FindPlace_WithoutPages_IsTheHeadingIfThereIsOne(string text, string? expected) =>
        Assert.Equal(expected, TextOutline.Find(text).FindPlace(0, text.Length));

    [Fact]
    public void Join_OfParts_IsTheOutlineOfTheWhole()
    {
        TextOutline whole = TextOutline.Find(Text);
        int heading = Text.IndexOf("## W", StringComparison.Ordinal);

        TextOutline joined = TextOutline.Join([TextOutline.Find(Text[..heading]), TextOutline.Find(Text[heading..])]);

        Assert.Equal(whole.Headings, joined.Headings);
        Assert.Equal(whole.Pages, joined.Pages);
        Assert.Equal(Text.Length, joined.Length);
    }
}
