using System.Buffers.Binary;
using LLoCO.Core.Numerics;

namespace LLoCO.Core.Compression;

/// <summary>Vectors as signed bytes: for every 32 numbers, and for what is left, a little-endian bfloat16 scale, then the
/// bytes.</summary>
internal static class Int8Blocks
{
    /// <summary>What stands for it where encodings are named and stored: 8 bits of a key/value memory.</summary>
    internal const SummaryEncoding Encoding = (SummaryEncoding)3;

    private const int Block = 32;
    private const float Largest = 127f;

    /// <summary>Bytes of a vector.</summary>
    /// <param name="width">Its numbers.</param>
    internal static int RowBytes(int width) => checked(width + (sizeof(ushort) * ((width + Block - 1) / Block)));

    /// <summary>Encodes a vector.</summary>
    /// <param name="values">Its numbers.</param>
    /// <param name="bytes">Takes the bytes.</param>
    /// <param name="row">Its place, for the message.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    internal static void Encode(ReadOnlySpan<float> values, Span<byte> bytes, int row)
    {
        for (int start = 0; start < values.Length; start += Block)
        {
            ReadOnlySpan<float> block = values.Slice(start, Math.Min(Block, values.Length - start));
            float largest = 0;
            foreach (float value in block)
            {
                largest = Math.Max(largest, Math.Abs(value));
                if (!float.IsFinite(value))
                {
                    throw new ArgumentException(
                        $"Summary vector {row} holds {value}, which 8 bits cannot keep: the model overflowed. Compress in a wider "
                        + "precision (bf16 or fp32 rather than fp16).",
                        nameof(values));
                }
            }

            // The scale is rounded first: the bytes are of the scale that is stored.
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, BFloat16.FromSingle(largest / Largest));
            float scale = Scale(bytes);
            bytes = bytes[sizeof(ushort)..];
            for (int i = 0; i < block.Length; i++)
            {
                float steps = scale == 0 ? 0 : MathF.Round(block[i] / scale, MidpointRounding.ToEven);
                bytes[i] = unchecked((byte)(sbyte)Math.Clamp(steps, -Largest, Largest));
            }

            bytes = bytes[block.Length..];
        }
    }

    /// <summary>Decodes a vector.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="values">Takes the numbers.</param>
    /// <param name="documentId">The document, for the message.</param>
    /// <exception cref="LlocoException">A stored scale is not a number that an encoder writes.</exception>
    internal static void Decode(ReadOnlySpan<byte> bytes, Span<float> values, string documentId)
    {
        for (int start = 0; start < values.Length; start += Block)
        {
            Span<float> block = values.Slice(start, Math.Min(Block, values.Length - start));
            float scale = Scale(bytes);
            if (!float.IsFinite(scale) || scale < 0)
            {
                throw new LlocoException(
                    $"The memory of '{documentId}' is damaged: a scale is {scale}. Ingest the document again.");
            }

            bytes = bytes[sizeof(ushort)..];
            for (int i = 0; i < block.Length; i++)
            {
                block[i] = unchecked((sbyte)bytes[i]) * scale;
            }

            bytes = bytes[block.Length..];
        }
    }

    /// <summary>Whether all scales are finite.</summary>
    /// <param name="bytes">A vector's bytes.</param>
    internal static bool AreFinite(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (!float.IsFinite(Scale(bytes)))
            {
                return false;
            }

            bytes = bytes[Math.Min(bytes.Length, sizeof(ushort) + Block)..];
        }

        return true;
    }

    private static float Scale(ReadOnlySpan<byte> bytes) => BFloat16.ToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes));
}
