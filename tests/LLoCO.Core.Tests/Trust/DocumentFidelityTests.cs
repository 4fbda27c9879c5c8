using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Trust;

/// <summary>All expected numbers are worked out by hand.</summary>
public sealed class DocumentFidelityTests
{
    [Theory]
    [InlineData(-1, -2, -5, 0.75)]
    [InlineData(-1, -1, -5, 1)]
    [InlineData(-1, -0.5, -5, 1)]
    [InlineData(-1, -5, -5, 0)]
    [InlineData(-1, -9, -5, 0)]
    [InlineData(-1, -1, -1, 1)]
    [InlineData(-1, -3, -1, 0)]
    public void Kept_LogProbabilities_IsTheShareOfInformation(double raw, double summary, double nothing, double expected) =>
        Assert.Equal(expected, new ProbeScore(raw, summary, nothing, true).Kept, 12);

    [Fact]
    public void Of_Segments_WeighsThemByTheirProbes()
    {
        SegmentFidelity first = SegmentFidelity.Create(0, [new ProbeScore(-1, -2, -5, true)]);
        SegmentFidelity second = SegmentFidelity.Create(
            1, [new ProbeScore(-1, -5, -5, false), new ProbeScore(-1, -1, -5, true), new ProbeScore(-2, -4, -6, false)]);

        DocumentFidelity fidelity = DocumentFidelity.Create([first, second, SegmentFidelity.Create(2, [])], isGiven: false);

        // First: 0.75. Second: 0, 1, 0.5.
        Assert.Equal(new SegmentFidelity(1, 0.5, 1.0 / 3, 3, -4.0 / 3, -10.0 / 3, -16.0 / 3), second);
        Assert.Equal((0.75 + 1.5) / 4, fidelity.Score, 12);
        Assert.Equal(0.5, fidelity.Agreement, 12);
        Assert.Equal((4, 0.0), (fidelity.Probes, fidelity.Segments[2].Score));
        Assert.Equal(0, DocumentFidelity.Create([SegmentFidelity.Create(0, [])], false).Score);
    }
}
