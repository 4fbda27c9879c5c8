using LLoCO.Core.Compression;

namespace LLoCO.Core.Tests.Compression;

public sealed class Int8BlocksTests
{
    private static readonly ModelFingerprint Fingerprint = new("m", "t", 0, 0, "key-value");

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(70)]
    public void Encode_NumbersOfDifferentSizes_AreWithinHalfAStepOfTheirOwnBlock(int width)
    {
        var random = new Random(width);
        float[] numbers = [.. Enumerable.Range(0, 3 * width).Select(i => (random.NextSingle() - 0.5f) * MathF.Pow(10, i % width / 32))];
        SegmentSummary[] map = [new SegmentSummary(0, 0, 9, 0, 3)];
        var stored = SummaryEmbeddings.FromVectors("a", numbers, width, Int8Blocks.Encoding, map, Fingerprint);

        float[] back = SummaryPayload.Decode(stored);

        // Two bytes for each 32 numbers and one for each number; the scale itself is rounded to 8 bits of precision.
        Assert.Equal(3 * (width + (2 * ((width + 31) / 32))), stored.Payload.Length);
        for (int i = 0; i < numbers.Length; i++)
        {
            int first = i - (i % width) + (i % width / 32 * 32);
            float largest = numbers[first..Math.Min(first + 32, ((i / width) + 1) * width)].Max(Math.Abs);
            Assert.InRange(Math.Abs(numbers[i] - back[i]), 0, largest / 127 * 0.51f * 1.01f);
        }
    }

    [Fact]
    public void Decode_ScaleThatIsNoNumber_IsRefused()
    {
        SegmentSummary[] map = [new SegmentSummary(0, 0, 9, 0, 1)];
        var damaged = new SummaryEmbeddings("a", 1, 2, Int8Blocks.Encoding, new byte[] { 0xC0, 0x7F, 1, 2 }, map, Fingerprint);

        Assert.Equal(0, SummaryPayload.FindNonFinite(damaged));
        Assert.Contains("'a' is damaged", Assert.Throws<LlocoException>(() => SummaryPayload.Decode(damaged)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_Infinity_IsRefused() => Assert.Throws<ArgumentException>(
        () => SummaryPayload.Encode([1, float.PositiveInfinity], 2, Int8Blocks.Encoding));
}
