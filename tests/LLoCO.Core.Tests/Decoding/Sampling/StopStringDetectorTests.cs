using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Sampling;
using Xunit;

namespace LLoCO.Core.Tests.Decoding.Sampling;

public sealed class StopStringDetectorTests
{
    [Fact]
    public void Append_StopInOnePiece_CutsThere()
    {
        var detector = new StopStringDetector(["\n\n"]);

        Assert.Equal("yes", detector.Append("yes\n\nQuestion"));
        Assert.True(detector.Stopped);
        Assert.Equal("", detector.Append("more"));
        Assert.Equal("", detector.Finish());
    }

    [Fact]
    public void Append_StopOverSeveralPieces_ShowsNothingOfIt()
    {
        var detector = new StopStringDetector(["END"]);

        Assert.Equal("a ", detector.Append("a E"));
        Assert.Equal("", detector.Append("N"));
        Assert.False(detector.Stopped);
        Assert.Equal("", detector.Append("D b"));
        Assert.True(detector.Stopped);
    }

    [Fact]
    public void Append_BeginningThatComesToNothing_IsShownLater()
    {
        var detector = new StopStringDetector(["END"]);

        Assert.Equal("", detector.Append("EN"));
        Assert.Equal("ENough", detector.Append("ough"));
        Assert.Equal("", detector.Append("E"));
        Assert.Equal("E", detector.Finish());
        Assert.False(detector.Stopped);
    }

    [Fact]
    public void Append_BeginningThatRepeatsItself_IsFound()
    {
        var detector = new StopStringDetector(["aab"]);

        Assert.Equal("a", detector.Append("aaa"));
        Assert.Equal("", detector.Append("b"));
        Assert.True(detector.Stopped);
    }

    [Fact]
    public void Append_SeveralStops_TakesTheFirstInTheText()
    {
        var detector = new StopStringDetector(["###", "Q:"]);

        Assert.Equal("x ", detector.Append("x Q: ###"));
        Assert.True(detector.Stopped);
    }

    [Fact]
    public void Append_NoStops_ShowsEverything()
    {
        var detector = new StopStringDetector([]);

        Assert.Equal("a", detector.Append("a"));
        Assert.False(detector.Stopped);
    }

    [Fact]
    public void Constructor_EmptyStop_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new StopStringDetector(["x", ""]));
}
