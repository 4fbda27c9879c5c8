using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>Writes <c>.safetensors</c> files, one tensor at a time.</summary>
public static class SafetensorsWriter
{
    /// <summary>
    /// Writes a file through a temporary one, so that an interrupted write leaves the old file in place. Larger element types
    /// come first and names in ordinal order, which keeps every tensor aligned and the file the same for the same content.
    /// </summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">The tensors, in any order; names are distinct.</param>
    /// <param name="write">Called once per tensor; passes exactly <see cref="TensorInfo.ByteLength"/> bytes on,
    /// little-endian.</param>
    /// <param name="metadata">Free text for the header, for example <c>format</c> = <c>pt</c>; none by default.</param>
    /// <exception cref="ArgumentException">Names are doubled, or a byte length does not fit its shape.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="write"/> passed on too few or too many bytes.</exception>
    public static void Write(
        string path,
        IReadOnlyList<TensorInfo> tensors,
        Action<TensorInfo, TensorWriter> write,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        TensorOutput.Check(path, tensors);
        if (tensors.Any(t => t.Name == SafetensorsHeader.MetadataKey))
        {
            throw new ArgumentException($"No tensor can be named '{SafetensorsHeader.MetadataKey}'.", nameof(tensors));
        }

        TensorInfo[] ordered =
            [.. tensors.OrderByDescending(t => t.ElementType.Size()).ThenBy(t => t.Name, StringComparer.Ordinal)];
        byte[] header = Header(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            foreach (TensorInfo tensor in ordered)
            {
                TensorOutput.Write(stream, tensor, write);
            }
        });
    }

    private static byte[] Header(TensorInfo[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                writer.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    writer.WriteString(key, value);
                }

                writer.WriteEndObject();
            }

            long offset = 0;
            foreach (TensorInfo tensor in tensors)
            {
                WriteEntry(writer, tensor, offset);
                offset += tensor.ByteLength;
            }

            writer.WriteEndObject();
        }

        // Padded with spaces so that the numbers begin at a multiple of 8.
        int length = (json.WrittenCount + 7) / 8 * 8;
        byte[] header = new byte[8 + length];
        header.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        json.WrittenSpan.CopyTo(header.AsSpan(8));
        return header;
    }

    private static void WriteEntry(Utf8JsonWriter writer, TensorInfo tensor, long offset)
    {
        writer.WriteStartObject(tensor.Name);
        writer.WriteString("dtype", tensor.ElementType.SafetensorsName());
        writer.WriteStartArray("shape");
        foreach (long dimension in tensor.Shape)
        {
            writer.WriteNumberValue(dimension);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(offset);
        writer.WriteNumberValue(offset + tensor.ByteLength);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
