using System.Text;
using LLoCO.Core.Families;

namespace LLoCO.LlamaCpp;

/// <summary>Writes a model of random bf16 weights as llama.cpp reads it (GGUF, version 3), without a tokenizer.</summary>
internal sealed class GgufWriter : IDisposable
{
    private const int Alignment = 32;
    private const uint TextType = 8;
    private const uint UnsignedType = 4;
    private const uint FloatType = 6;
    private const uint Float32 = 0;
    private const uint BFloat16 = 30;

    private readonly BinaryWriter _writer;

    private GgufWriter(string path) => _writer = new BinaryWriter(new BufferedStream(File.Create(path), 1 << 20));

    /// <summary>Writes the file.</summary>
    /// <param name="path">Its path; replaced if it is there.</param>
    /// <param name="config">The shape.</param>
    public static void Write(string path, LlamaConfig config)
    {
        using var file = new GgufWriter(path);
        file.WriteAll(GgufShape.Keys(config), GgufShape.Tensors(config));
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void WriteAll(IReadOnlyList<(string Name, object Value)> keys, IReadOnlyList<(string Name, long[] Shape)> tensors)
    {
        _writer.Write("GGUF"u8);
        _writer.Write(3u);
        _writer.Write((ulong)tensors.Count);
        _writer.Write((ulong)keys.Count);
        foreach ((string name, object value) in keys)
        {
            Text(name);
            Value(value);
        }

        ulong offset = 0;
        foreach ((string name, long[] shape) in tensors)
        {
            Text(name);
            _writer.Write((uint)shape.Length);
            foreach (long size in shape)
            {
                _writer.Write((ulong)size);
            }

            _writer.Write(shape.Length == 1 ? Float32 : BFloat16);
            _writer.Write(offset);
            offset += (ulong)Padded(Bytes(shape));
        }

        _writer.Flush();
        long written = _writer.BaseStream.Position;
        _writer.Write(new byte[Padded(written) - written]);
        Numbers(tensors);
    }

    private void Numbers(IReadOnlyList<(string Name, long[] Shape)> tensors)
    {
        var random = new Random(1);
        byte[] pool = Normal(random, 1 << 20);
        foreach ((_, long[] shape) in tensors)
        {
            long bytes = Bytes(shape);
            if (shape.Length == 1)
            {
                for (long index = 0; index < shape[0]; index++)
                {
                    _writer.Write(1f);
                }
            }
            else
            {
                for (long left = bytes; left > 0;)
                {
                    int first = random.Next(pool.Length / 4) * 2;
                    int part = (int)Math.Min(left, pool.Length - first);
                    _writer.Write(pool, first, part);
                    left -= part;
                }
            }

            _writer.Write(new byte[Padded(bytes) - bytes]);
        }
    }

    /// <summary>Normal numbers of standard deviation 0.02, as bf16.</summary>
    private static byte[] Normal(Random random, int count)
    {
        byte[] numbers = new byte[2 * count];
        for (int index = 0; index < count; index++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            float number = (float)(0.02 * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
            BitConverter.TryWriteBytes(numbers.AsSpan(2 * index), (ushort)(BitConverter.SingleToUInt32Bits(number) >> 16));
        }

        return numbers;
    }

    private void Value(object value)
    {
        switch (value)
        {
            case string text:
                _writer.Write(TextType);
                Text(text);
                break;
            case uint number:
                _writer.Write(UnsignedType);
                _writer.Write(number);
                break;
            default:
                _writer.Write(FloatType);
                _writer.Write((float)value);
                break;
        }
    }

    private void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _writer.Write((ulong)bytes.Length);
        _writer.Write(bytes);
    }

    private static long Bytes(long[] shape) => (shape.Length == 1 ? 4 : 2) * shape.Aggregate(1L, (product, size) => product * size);

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
