using LLoCO.Core.Compression;

namespace LLoCO.Core.Tests.Compression;

/// <summary>Expected bits are worked by hand from IEEE 754: bfloat16 is the upper 16 bits of a float32, ties to even.</summary>
public sealed class SummaryPayloadTests
{
    private static readonly ModelFingerprint Fingerprint = new("m", "t", 8, 2, "identity");

    public static TheoryData<uint, ushort> Roundings => new()
    {
        { 0x00000000, 0x0000 }, // 0
        { 0x80000000, 0x8000 }, // -0
        { 0x3F800000, 0x3F80 }, // 1
        { 0xC0490FDB, 0xC049 }, // -pi: dropped half 0x0FDB is below the tie
        { 0x3F808000, 0x3F80 }, // tie, kept half even: down
        { 0x3F818000, 0x3F82 }, // tie, kept half odd: up
        { 0x3F808001, 0x3F81 }, // just above the tie
        { 0x3F7FFFFF, 0x3F80 }, // carries into the exponent
        { 0x00000001, 0x0000 }, // smallest denormal
        { 0x00018000, 0x0002 }, // denormal tie, odd: up
        { 0x007FFFFF, 0x0080 }, // largest denormal becomes the smallest normal
        { 0x7F7FFFFF, 0x7F80 }, // largest float32 lies beyond the largest bfloat16: infinity
        { 0x7F800000, 0x7F80 }, // infinity
        { 0xFF800000, 0xFF80 }, // -infinity
        { 0x7FC00000, 0x7FC0 }, // quiet NaN
        { 0x7F800001, 0x7FC0 }, // NaN whose payload lies in the dropped half
        { 0xFFFFFFFF, 0xFFFF }, // NaN of all ones must not carry over
    };

    [Theory]
    [MemberData(nameof(Roundings))]
    public void Encode_BFloat16_RoundsToNearestEven(uint bits, ushort expected)
    {
        // One number takes the scalar path, 64 of them the vector path with a scalar rest of one.
        float[] values = [.. Enumerable.Repeat(BitConverter.UInt32BitsToSingle(bits), 65)];

        byte[] one = SummaryPayload.Encode(values.AsSpan(0, 1), 1, SummaryEncoding.BFloat16).ToArray();
        byte[] many = SummaryPayload.Encode(values, 65, SummaryEncoding.BFloat16).ToArray();

        Assert.Equal([(byte)expected, (byte)(expected >> 8)], one);
        Assert.Equal(Enumerable.Repeat(one, 65).SelectMany(pair => pair), many);
    }

    [Fact]
    public void Decode_BFloat16_ShiftsIntoTheUpperHalf()
    {
        byte[] payload = [0x80, 0x3F, 0x49, 0xC0, 0x01, 0x00, 0x80, 0x7F, 0xC0, 0x7F, 0x00, 0x80];

        float[] values = SummaryPayload.Decode(Summary(1, 6, SummaryEncoding.BFloat16, payload));

        uint[] expected = [0x3F800000, 0xC0490000, 0x00010000, 0x7F800000, 0x7FC00000, 0x80000000];
        Assert.Equal(expected, values.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Decode_EveryBFloat16_ComesBackBitForBit()
    {
        byte[] payload = new byte[2 * 65536];
        for (int i = 0; i < 65536; i++)
        {
            BitConverter.TryWriteBytes(payload.AsSpan(2 * i), (ushort)i);
        }

        float[] values = SummaryPayload.Decode(Summary(256, 256, SummaryEncoding.BFloat16, payload));
        ushort[] again = new ushort[65536];
        Buffer.BlockCopy(SummaryPayload.Encode(values, 256, SummaryEncoding.BFloat16).ToArray(), 0, again, 0, 2 * 65536);

        // Signalling NaNs (quiet bit 0x40 unset) come back quiet; everything else is unchanged.
        Assert.All(again, (bits, i) =>
            Assert.Equal(float.IsNaN(values[i]) ? i | 0x40 : i, bits));
    }

    [Fact]
    public void Encode_Int8_ScalesEachVectorByItsLargestNumber()
    {
        // Row 0: largest 127 -> scale 1; 0.5 and 1.5 are ties to even. Row 1: largest 2.54 -> scale 0.02.
        float[] values = [127f, 0.5f, 1.5f, -126.6f, 2.54f, -2.54f, 0.011f, 0f];

        byte[] payload = SummaryPayload.Encode(values, 4, SummaryEncoding.Int8).ToArray();

        Assert.Equal(16, payload.Length);
        Assert.Equal(1f, BitConverter.ToSingle(payload, 0));
        Assert.Equal([127, 0, 2, -127], payload[4..8].Select(value => (int)(sbyte)value));
        Assert.Equal(2.54f / 127f, BitConverter.ToSingle(payload, 8));
        Assert.Equal([127, -127, 1, 0], payload[12..16].Select(value => (int)(sbyte)value));
    }

    [Fact]
    public void Decode_Int8_MultipliesByTheScale()
    {
        byte[] payload = [0, 0, 0, 0x3F, 0x02, 0xFE, 0x7F]; // scale 0.5; 2, -2, 127

        float[] values = SummaryPayload.Decode(Summary(1, 3, SummaryEncoding.Int8, payload));

        Assert.Equal([1f, -1f, 63.5f], values);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1.4e-45f)] // the smallest denormal: divided by 127 it is zero
    public void Encode_Int8VectorWithoutScale_IsZeros(float value)
    {
        byte[] payload = SummaryPayload.Encode([value, 0f, -value], 3, SummaryEncoding.Int8).ToArray();

        Assert.Equal(new byte[7], payload);
        Assert.Equal([0f, 0f, 0f], SummaryPayload.Decode(Summary(1, 3, SummaryEncoding.Int8, payload)));
    }

    [Fact]
    public void Encode_Int8Denormals_StayInRange()
    {
        // 190 steps of the smallest denormal: the scale rounds to one step, so 190 steps saturate at 127.
        float[] values = [BitConverter.UInt32BitsToSingle(190), BitConverter.UInt32BitsToSingle(0x80000000 | 190)];

        byte[] payload = SummaryPayload.Encode(values, 2, SummaryEncoding.Int8).ToArray();

        Assert.Equal([1, 0, 0, 0, 127, 0x81], payload);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Encode_Int8NotFinite_NamesTheVector(float value)
    {
        var error = Assert.Throws<ArgumentException>(
            () => SummaryPayload.Encode([0f, 1f, value, 1f], 2, SummaryEncoding.Int8));

        Assert.Contains("vector 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-1f)]
    public void Decode_Int8WithImpossibleScale_IsRefused(float scale)
    {
        byte[] payload = [.. BitConverter.GetBytes(scale), 1];

        var error = Assert.Throws<LlocoException>(
            () => SummaryPayload.Decode(Summary(1, 1, SummaryEncoding.Int8, payload)));

        Assert.Contains("'doc'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_Float32_KeepsEveryBit()
    {
        float[] values = [1.1f, -0f, float.NaN, float.Epsilon];

        byte[] payload = SummaryPayload.Encode(values, 2, SummaryEncoding.Float32).ToArray();

        Assert.Equal(values.SelectMany(BitConverter.GetBytes), payload);
        Assert.Equal(
            values.Select(BitConverter.SingleToUInt32Bits),
            SummaryPayload.Decode(Summary(2, 2, SummaryEncoding.Float32, payload)).Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Encode_PartOfAVector_IsRefused() =>
        Assert.Throws<ArgumentException>(() => SummaryPayload.Encode([1f, 2f, 3f], 2, SummaryEncoding.BFloat16));

    [Theory]
    [InlineData(SummaryEncoding.BFloat16, 2 * 3 * 2)]
    [InlineData(SummaryEncoding.Int8, 2 * (4 + 3))]
    [InlineData(SummaryEncoding.Float32, 2 * 3 * 4)]
    public void SummaryEmbeddings_PayloadOfAnotherLength_IsRefusedWithBothLengths(SummaryEncoding encoding, int bytes)
    {
        Assert.Equal(2, Summary(2, 3, encoding, new byte[bytes]).Count);
        var error = Assert.Throws<ArgumentException>(() => Summary(2, 3, encoding, new byte[bytes + 1]));

        Assert.Contains($"{bytes} bytes", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{bytes + 1}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SummaryEmbeddings_SizesThatOverflow_AreRefused() =>
        Assert.Throws<ArgumentException>(() => Summary(int.MaxValue, int.MaxValue / 2, SummaryEncoding.BFloat16, []));

    public static TheoryData<SegmentSummary[]> WrongMaps => new()
    {
        { [] },
        { [new(0, 0, 8, 0, 1)] },
        { [new(0, 0, 8, 0, 2), new(1, 8, 8, 2, 1)] },
        { [new(0, 0, 8, 0, 1), new(1, 9, 8, 1, 1)] },
        { [new(0, 0, 8, 0, 1), new(2, 8, 8, 1, 1)] },
        { [new(0, 0, 8, 0, 1), new(1, 8, 0, 1, 1)] },
        { [new(0, 0, int.MaxValue, 0, 1), new(1, int.MaxValue, 1, 1, 1)] },
    };

    [Theory]
    [MemberData(nameof(WrongMaps))]
    public void SummaryEmbeddings_SegmentsNotEndToEnd_AreRefused(SegmentSummary[] segments) =>
        Assert.Throws<ArgumentException>(
            () => new SummaryEmbeddings("doc", 2, 1, SummaryEncoding.Float32, new byte[8], segments, Fingerprint));

    private static SummaryEmbeddings Summary(int count, int width, SummaryEncoding encoding, byte[] payload) =>
        new("doc", count, width, encoding, payload, [new SegmentSummary(0, 0, 8, 0, count)], Fingerprint);
}
