using LLoCO.Readers.Pdf;

namespace LLoCO.Core.Tests.Readers;

/// <summary>Signs as they stand on a page, from left to right, and the text that is shown so by the Unicode Bidirectional Algorithm.</summary>
public sealed class RightToLeftTests
{
    [Theory]
    [InlineData("םלוע םולש", "שלום עולם")]
    [InlineData("2019 תנשב", "בשנת 2019")]
    [InlineData("1,234.50 ריחמ", "מחיר 1,234.50")]
    [InlineData("20 10 םירפסמ", "מספרים 10 20")]
    [InlineData("ןאכ Pumps Ltd. 12 לש", "של Pumps Ltd. 12 כאן")]
    [InlineData("(םולש)", "(שלום)")]
    [InlineData("The word םלוע םולש is here", "The word שלום עולם is here")]
    [InlineData("The date רבוטקוא 12 םויב is set", "The date ביום 12 אוקטובר is set")]
    [InlineData("Only Latin (1) letters", "Only Latin (1) letters")]
    public void Order_WhatStandsOnAPage_IsWhatIsRead(string seen, string read) =>
        Assert.Equal(read, RightToLeft.Order([.. seen.Select(sign => sign.ToString())]));

    [Fact]
    public void Order_ALigature_StaysAsItIs() => Assert.Equal("سلام", RightToLeft.Order(["م", "لا", "س"]));
}
