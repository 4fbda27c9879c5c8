using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>The border between files and libtorch: bytes of a checkpoint become a tensor, and back.</summary>
internal static class TensorLoader
{
    /// <summary>Loads a tensor straight into libtorch's memory.</summary>
    /// <param name="source">Where it is stored.</param>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape it must have, or <see langword="null"/> for any.</param>
    /// <param name="type">The format to convert it to, or <see langword="null"/> to keep the stored one.</param>
    /// <param name="device">Where to put it.</param>
    /// <param name="file">The file's path, for messages.</param>
    /// <returns>A tensor owned by the caller, in no dispose scope.</returns>
    internal static Tensor Load(
        ITensorSource source, string name, long[]? shape, ScalarType? type, Device device, string file)
    {
        if (!source.Tensors.TryGetValue(name, out TensorInfo? info))
        {
            throw new CheckpointFormatException(file, name, "the tensor is missing.");
        }

        if (shape is not null && !info.Shape.SequenceEqual(shape))
        {
            throw new CheckpointFormatException(
                file, name,
                $"the shape is [{string.Join(", ", info.Shape)}], config.json asks for [{string.Join(", ", shape)}].");
        }

        if (type is ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 && !IsFloatingPoint(info.ElementType))
        {
            // Quantized weights that lost their configuration would load, and answer nonsense.
            throw new CheckpointFormatException(
                file, name, $"the tensor holds {info.ElementType}, not floating-point numbers; quantized weights are not read.");
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor stored = empty(info.Shape.ToArray(), dtype: ToScalarType(info.ElementType));
        Fill(stored, source, name);
        return stored.to(type ?? stored.dtype).to(device).DetachFromDisposeScope();
    }

    /// <summary>Hands out a tensor's bytes, contiguous and little-endian.</summary>
    internal static void Write(Tensor tensor, TensorWriter destination)
    {
        using Tensor plain = tensor.detach().cpu().contiguous();
        ReadOnlySpan<byte> bytes = plain.bytes;
        destination(bytes);
    }

    /// <summary>The libtorch format of a stored one.</summary>
    internal static ScalarType ToScalarType(ElementType type) => type switch
    {
        ElementType.Float32 => ScalarType.Float32,
        ElementType.Float16 => ScalarType.Float16,
        ElementType.BFloat16 => ScalarType.BFloat16,
        ElementType.Float64 => ScalarType.Float64,
        ElementType.Int64 => ScalarType.Int64,
        ElementType.Int32 => ScalarType.Int32,
        ElementType.Int16 => ScalarType.Int16,
        ElementType.Int8 => ScalarType.Int8,
        ElementType.UInt8 => ScalarType.Byte,
        ElementType.Bool => ScalarType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown element type."),
    };

    /// <summary>The stored format of a libtorch one.</summary>
    internal static ElementType ToElementType(ScalarType type) => type switch
    {
        ScalarType.Float32 => ElementType.Float32,
        ScalarType.Float16 => ElementType.Float16,
        ScalarType.BFloat16 => ElementType.BFloat16,
        ScalarType.Float64 => ElementType.Float64,
        ScalarType.Int64 => ElementType.Int64,
        ScalarType.Int32 => ElementType.Int32,
        ScalarType.Int16 => ElementType.Int16,
        ScalarType.Int8 => ElementType.Int8,
        ScalarType.Byte => ElementType.UInt8,
        ScalarType.Bool => ElementType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This number format has no file form."),
    };

    /// <summary>Describes a tensor for a writer.</summary>
    internal static TensorInfo Describe(string name, Tensor tensor) =>
        new(name, ToElementType(tensor.dtype), tensor.shape, tensor.numel() * tensor.element_size());

    private static bool IsFloatingPoint(ElementType type) =>
        type is ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16 or ElementType.Float64;

    private static unsafe void Fill(Tensor tensor, ITensorSource source, string name)
    {
        // Tensor.bytes is a Span and ends at 2 GiB; a large tensor does not. libtorch's memory does not move, so the address
        // of the first element serves for all of them.
        if (tensor.numel() == 0)
        {
            return;
        }

        using Tensor first = tensor.view(-1).narrow(0, 0, 1);
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
        long offset = 0;
        source.CopyTo(name, bytes =>
        {
            bytes.CopyTo(new Span<byte>(start + offset, bytes.Length));
            offset += bytes.Length;
        });
    }
}
