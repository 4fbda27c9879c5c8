using System.Runtime.InteropServices;

namespace LLoCO.Core.Checkpoints;

/// <summary>Whole tensors as arrays, for those that are small enough (summary caches, adapters, tests).</summary>
public static class TensorSourceExtensions
{
    /// <summary>Reads a tensor's bytes.</summary>
    /// <param name="source">Where it lies.</param>
    /// <param name="name">Its name.</param>
    /// <returns><see cref="TensorInfo.ByteLength"/> bytes, little-endian, row-major.</returns>
    /// <exception cref="CheckpointFormatException">There is no such tensor, it cannot be read, or it is over 2 GiB.</exception>
    internal static byte[] ReadBytes(this ITensorSource source, string name) => Read<byte>(source, Find(source, name));

    /// <summary>Reads a floating-point tensor as 32-bit floats: 16-bit formats exactly, 64-bit rounded.</summary>
    /// <param name="source">Where it lies.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The numbers, row-major.</returns>
    /// <exception cref="CheckpointFormatException">There is no such tensor, it holds no floats, or it is over 2 GiB.</exception>
    public static float[] ReadFloats(this ITensorSource source, string name)
    {
        TensorInfo tensor = Find(source, name);
        return tensor.ElementType switch
        {
            ElementType.Float32 => Read<float>(source, tensor),
            ElementType.Float16 => Array.ConvertAll(Read<Half>(source, tensor), static x => (float)x),
            ElementType.BFloat16 => Array.ConvertAll(
                Read<ushort>(source, tensor), static x => BitConverter.Int32BitsToSingle(x << 16)),
            ElementType.Float64 => Array.ConvertAll(Read<double>(source, tensor), static x => (float)x),
            _ => throw Fault(source, name, $"the tensor holds {tensor.ElementType}, not floating-point numbers"),
        };
    }

    /// <summary>Reads a 64-bit integer tensor.</summary>
    /// <param name="source">Where it lies.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The numbers, row-major.</returns>
    /// <exception cref="CheckpointFormatException">There is no such tensor, it holds something else, or it is over 2
    /// GiB.</exception>
    public static long[] ReadInt64s(this ITensorSource source, string name)
    {
        TensorInfo tensor = Find(source, name);
        return tensor.ElementType == ElementType.Int64
            ? Read<long>(source, tensor)
            : throw Fault(source, name, $"the tensor holds {tensor.ElementType}, not 64-bit integers");
    }

    /// <summary>Names the file in which a tensor lies, or would lie, for messages.</summary>
    internal static CheckpointFormatException Fault(ITensorSource source, string name, string fault) =>
        new((source as ILocatedTensors)?.Locate(name) ?? source.GetType().Name, name, fault);

    private static TensorInfo Find(ITensorSource source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        return source.Tensors.TryGetValue(name, out TensorInfo? tensor)
            ? tensor
            : throw Fault(source, name, $"there is no such tensor among the {source.Tensors.Count} of this source");
    }

    private static T[] Read<T>(ITensorSource source, TensorInfo tensor)
        where T : unmanaged
    {
        if (tensor.ByteLength > Array.MaxLength)
        {
            throw Fault(source, tensor.Name, $"{tensor.ByteLength} bytes do not fit one array; stream the tensor instead");
        }

        var numbers = new T[tensor.ByteLength / Marshal.SizeOf<T>()];
        int offset = 0;
        source.CopyTo(tensor.Name, bytes =>
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(numbers.AsSpan())[offset..]);
            offset += bytes.Length;
        });
        return numbers;
    }
}

/// <summary>A source whose tensors may have the same layout in a file as in memory, and can then be read directly to their
/// place.</summary>
internal interface IPlacedTensors
{
    /// <summary>Finds a tensor's place.</summary>
    /// <param name="name">A name that the source holds.</param>
    /// <returns>The file and the tensor's first byte in it, or <see langword="null"/> where its numbers must be
    /// gathered.</returns>
    (BinaryFile File, long Offset)? Place(string name);
}

/// <summary>A source that can say in which file a tensor lies.</summary>
internal interface ILocatedTensors
{
    /// <summary>Gets the file of a tensor; for a name that it does not hold, the file or folder that would.</summary>
    string Locate(string name);
}
