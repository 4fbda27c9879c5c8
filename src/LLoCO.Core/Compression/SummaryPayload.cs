using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LLoCO.Core.Numerics;

namespace LLoCO.Core.Compression;

/// <summary>Turns summary vectors into the bytes that are stored, and back. Layouts in <see cref="SummaryEncoding"/>.</summary>
internal static class SummaryPayload
{
    private const int ScaleBytes = sizeof(float);
    private const float LargestInt8 = 127f;

    /// <summary>Bytes of one stored vector.</summary>
    /// <param name="width">Numbers per vector; at least 1.</param>
    /// <param name="encoding">The layout.</param>
    /// <returns>The number of bytes.</returns>
    public static int RowBytes(int width, SummaryEncoding encoding)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return encoding switch
        {
            SummaryEncoding.BFloat16 => checked(width * sizeof(ushort)),
            SummaryEncoding.Int8 => checked(ScaleBytes + width),
            SummaryEncoding.Float32 => checked(width * sizeof(float)),
            Int8Blocks.Encoding => Int8Blocks.RowBytes(width),
            _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "This summary encoding is not known."),
        };
    }

    /// <summary>Refuses a payload of the wrong length.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="count">Number of vectors.</param>
    /// <param name="width">Numbers per vector.</param>
    /// <param name="encoding">The layout.</param>
    /// <returns>The same payload.</returns>
    /// <exception cref="ArgumentException">The length is not what count, width and encoding say.</exception>
    public static ReadOnlyMemory<byte> EnsureLength(
        ReadOnlyMemory<byte> payload, int count, int width, SummaryEncoding encoding)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long expected = (long)count * RowBytes(width, encoding);
        return payload.Length == expected
            ? payload
            : throw new ArgumentException(
                $"{count} summary vectors of width {width} in {encoding} take {expected} bytes; the payload has "
                + $"{payload.Length}.",
                nameof(payload));
    }

    /// <summary>Encodes vectors as bytes in the chosen number format.</summary>
    /// <param name="values">The vectors row by row: <c>count * width</c> numbers.</param>
    /// <param name="width">Numbers per vector.</param>
    /// <param name="encoding">The layout. <see cref="SummaryEncoding.Int8"/> needs finite numbers.</param>
    /// <returns>The payload.</returns>
    /// <exception cref="ArgumentException">The numbers are not whole rows, or one cannot be encoded.</exception>
    public static ReadOnlyMemory<byte> Encode(ReadOnlySpan<float> values, int width, SummaryEncoding encoding)
    {
        int rowBytes = RowBytes(width, encoding);
        int count = values.Length / width;
        if (values.Length != (long)count * width)
        {
            throw new ArgumentException($"{values.Length} numbers are not whole vectors of width {width}.", nameof(values));
        }

        byte[] payload = new byte[checked(count * rowBytes)];
        for (int row = 0; row < count; row++)
        {
            EncodeRow(values.Slice(row * width, width), payload.AsSpan(row * rowBytes, rowBytes), encoding, row);
        }

        return payload;
    }

    /// <summary>Decodes all vectors.</summary>
    /// <param name="summary">The summary embeddings.</param>
    /// <returns>The vectors row by row, <c>Count * Width</c> numbers.</returns>
    /// <exception cref="ArgumentException">The payload's length is wrong.</exception>
    /// <exception cref="LlocoException">A stored scale is not a number that an encoder writes.</exception>
    public static float[] Decode(SummaryEmbeddings summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        EnsureLength(summary.Payload, summary.Count, summary.Width, summary.Encoding);
        float[] values = new float[checked(summary.Count * summary.Width)];
        for (int row = 0; row < summary.Count; row++)
        {
            DecodeRow(summary, row, values.AsSpan(row * summary.Width, summary.Width));
        }

        return values;
    }

    /// <summary>Decodes one vector.</summary>
    /// <param name="summary">The summary embeddings, of the right length.</param>
    /// <param name="row">Which, from 0.</param>
    /// <param name="values">Gets its numbers.</param>
    /// <exception cref="LlocoException">A stored scale is not a number that an encoder writes.</exception>
    internal static void DecodeRow(SummaryEmbeddings summary, int row, Span<float> values)
    {
        int bytes = RowBytes(summary.Width, summary.Encoding);
        DecodeSequence(summary.Payload.Span.Slice(row * bytes, bytes), values, summary.Encoding, summary.DocumentId);
    }

    /// <summary>Finds a vector that holds NaN or infinity.</summary>
    /// <param name="summary">The summary embeddings, of the right length.</param>
    /// <returns>The first such vector, or <see langword="null"/>.</returns>
    public static int? FindNonFinite(SummaryEmbeddings summary)
    {
        int rowBytes = RowBytes(summary.Width, summary.Encoding);
        for (int row = 0; row < summary.Count; row++)
        {
            ReadOnlySpan<byte> bytes = summary.Payload.Span.Slice(row * rowBytes, rowBytes);
            bool finite = summary.Encoding switch
            {
                SummaryEncoding.BFloat16 => AllFinite(MemoryMarshal.Cast<byte, ushort>(bytes)),
                SummaryEncoding.Float32 => AllFinite(MemoryMarshal.Cast<byte, float>(bytes)),
                Int8Blocks.Encoding => Int8Blocks.AreFinite(bytes),
                _ => float.IsFinite(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
            };
            if (!finite)
            {
                return row;
            }
        }

        return null;
    }

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AllFinite(ReadOnlySpan<ushort> values)
    {
        const int Exponent = 0x7F80;
        foreach (ushort value in values)
        {
            if ((value & Exponent) == Exponent)
            {
                return false;
            }
        }

        return true;
    }

    // libtorch exists for little-endian processors only, so memory order is file order.
    private static void EncodeRow(ReadOnlySpan<float> values, Span<byte> bytes, SummaryEncoding encoding, int row)
    {
        switch (encoding)
        {
            case SummaryEncoding.BFloat16:
                BFloat16.Narrow(values, MemoryMarshal.Cast<byte, ushort>(bytes));
                break;
            case SummaryEncoding.Float32:
                MemoryMarshal.AsBytes(values).CopyTo(bytes);
                break;
            case Int8Blocks.Encoding:
                Int8Blocks.Encode(values, bytes, row);
                break;
            default:
                EncodeInt8(values, bytes, row);
                break;
        }
    }

    private static void DecodeSequence(ReadOnlySpan<byte> bytes, Span<float> values, SummaryEncoding encoding, string documentId)
    {
        switch (encoding)
        {
            case SummaryEncoding.BFloat16:
                BFloat16.Widen(MemoryMarshal.Cast<byte, ushort>(bytes), values);
                break;
            case SummaryEncoding.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case Int8Blocks.Encoding:
                Int8Blocks.Decode(bytes, values, documentId);
                break;
            default:
                DecodeInt8(bytes, values, documentId);
                break;
        }
    }

    private static void EncodeInt8(ReadOnlySpan<float> values, Span<byte> bytes, int row)
    {
        float largest = 0;
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException(
                    $"Summary vector {row} holds {value}, which 8 bits cannot keep: the model overflowed. Compress in a wider "
                    + "precision (bf16 or fp32 rather than fp16).",
                    nameof(values));
            }

            largest = Math.Max(largest, Math.Abs(value));
        }

        float scale = largest / LargestInt8;
        BinaryPrimitives.WriteSingleLittleEndian(bytes, scale);
        for (int i = 0; i < values.Length; i++)
        {
            // The smallest denormals divided by 127 are zero: such a vector is stored as zeros, as a zero vector is.
            float steps = scale == 0 ? 0 : MathF.Round(values[i] / scale, MidpointRounding.ToEven);
            bytes[ScaleBytes + i] = unchecked((byte)(sbyte)Math.Clamp(steps, -LargestInt8, LargestInt8));
        }
    }

    private static void DecodeInt8(ReadOnlySpan<byte> bytes, Span<float> values, string documentId)
    {
        float scale = BinaryPrimitives.ReadSingleLittleEndian(bytes);
        if (!float.IsFinite(scale) || scale < 0)
        {
            throw new LlocoException(
                $"The summary embeddings of '{documentId}' are damaged: a scale is {scale}. Ingest the document again.");
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = unchecked((sbyte)bytes[ScaleBytes + i]) * scale;
        }
    }
}
