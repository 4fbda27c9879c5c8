using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Numerics;
using static TorchSharp.torch;

namespace LLoCO.Core.Tensors;

/// <summary>Reads matrices of a file as float32, without libtorch.</summary>
internal static unsafe class PlainNumbers
{
    /// <summary>Reads a tensor.</summary>
    /// <param name="source">Where it is stored.</param>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape it must have.</param>
    /// <param name="file">The file's path, for messages.</param>
    /// <exception cref="CheckpointFormatException">It has another shape, no floating-point numbers, or some that are not
    /// finite.</exception>
    internal static float[] Read(ITensorSource source, string name, long[] shape, string file)
    {
        TensorInfo info = TensorLoader.Check(source, name, shape, ScalarType.Float32, file);
        var scan = new FiniteScan(info.ElementType, ElementType.Float32);
        float[] numbers = new float[checked((int)(info.ByteLength / info.ElementType.Size()))];
        int done = 0;
        source.CopyTo(name, bytes =>
        {
            scan.See(bytes);
            done += Widen(info.ElementType, bytes, numbers.AsSpan(done));
        });
        scan.EnsureFinite(file, name);
        return numbers;
    }

    /// <summary>Puts a matrix into the upper left corner of one that may be larger and holds zeros elsewhere.</summary>
    /// <param name="numbers">The matrix, row by row.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="allRows">Rows of the result.</param>
    /// <param name="allColumns">Columns of the result.</param>
    /// <param name="factor">Multiplies each number.</param>
    internal static LazyTensor Place(float[] numbers, long rows, long columns, long allRows, long allColumns, float factor)
    {
        LazyTensor placed = LazyTensor.Allocate([allRows, allColumns], ScalarType.Float32, LazyTensor.Cpu);
        float* place = (float*)placed.Address;
        new Span<byte>(place, checked((int)placed.Bytes)).Clear();
        for (long row = 0; row < rows; row++)
        {
            var to = new Span<float>(place + (row * allColumns), (int)columns);
            numbers.AsSpan((int)(row * columns), (int)columns).CopyTo(to);
            for (int column = 0; factor != 1 && column < to.Length; column++)
            {
                to[column] *= factor;
            }
        }

        return placed;
    }

    private static int Widen(ElementType type, ReadOnlySpan<byte> bytes, Span<float> to)
    {
        int count = bytes.Length / type.Size();
        switch (type)
        {
            case ElementType.Float32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(to);
                break;
            case ElementType.BFloat16:
                Each(MemoryMarshal.Cast<byte, ushort>(bytes), to, BFloat16.ToSingle);
                break;
            case ElementType.Float16:
                Each(MemoryMarshal.Cast<byte, Half>(bytes), to, number => (float)number);
                break;
            default:
                Each(MemoryMarshal.Cast<byte, double>(bytes), to, number => (float)number);
                break;
        }

        return count;
    }

    private static void Each<T>(ReadOnlySpan<T> from, Span<float> to, Func<T, float> widen)
    {
        for (int index = 0; index < from.Length; index++)
        {
            to[index] = widen(from[index]);
        }
    }
}
