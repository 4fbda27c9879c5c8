using LLoCO.Core.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tensors;

/// <summary>Converts between bytes of a checkpoint and libtorch tensors.</summary>
internal static class TensorLoader
{
    /// <summary>Loads a tensor directly into libtorch's memory.</summary>
    /// <param name="source">Where it is stored.</param>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape it must have, or <see langword="null"/> for any.</param>
    /// <param name="type">The format to convert it to, or <see langword="null"/> to keep the stored one.</param>
    /// <param name="device">Where to put it.</param>
    /// <param name="file">The file's path, for messages.</param>
    /// <param name="seen">Gets the stored bytes while they are read, for a hash; may be <see langword="null"/>.</param>
    /// <returns>A tensor owned by the caller, in no dispose scope.</returns>
    /// <remarks>Memory holds the tensor and one piece of the file, whether numbers are converted or not.</remarks>
    internal static Tensor Load(
        ITensorSource source, string name, long[]? shape, ScalarType? type, Device device, string file,
        TensorWriter? seen = null)
    {
        TensorInfo info = Check(source, name, shape, type, file);
        using DisposeScope scope = NewDisposeScope();
        ScalarType stored = ToScalarType(info.ElementType);
        Tensor tensor = empty(info.Shape.ToArray(), dtype: type ?? stored, device: device);
        if (tensor.numel() == 0)
        {
            return tensor.DetachFromDisposeScope();
        }

        bool isCpu = device.type == DeviceType.CPU;
        if (isCpu)
        {
            HugePages.Ask(tensor);
        }

        if (isCpu && tensor.dtype == stored)
        {
            FillTensor(tensor, source, name, seen);
        }
        else
        {
            Convert(tensor, stored, info.ElementType.Size(), source, name, seen);
        }

        return tensor.DetachFromDisposeScope();
    }

    /// <summary>Loads a tensor of floating-point numbers as it is stored, without libtorch where that is not loaded.</summary>
    /// <param name="source">Where it is stored.</param>
    /// <param name="info">The tensor.</param>
    /// <param name="seen">Gets the stored bytes while they are read.</param>
    internal static unsafe LazyTensor LoadPlain(ITensorSource source, TensorInfo info, TensorWriter seen)
    {
        LazyTensor numbers = LazyTensor.Allocate([.. info.Shape], ToScalarType(info.ElementType), LazyTensor.Cpu);
        if (numbers.Bytes > 0)
        {
            Fill((byte*)numbers.Address, numbers.Bytes, source, info.Name, seen);
        }

        return numbers;
    }

    /// <summary>Makes sure that a tensor exists and has the requested shape and format.</summary>
    /// <inheritdoc cref="Load"/>
    internal static TensorInfo Check(ITensorSource source, string name, long[]? shape, ScalarType? type, string file)
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

        if ((type is ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16 && !info.ElementType.IsFloat())
            || info.ElementType > ElementType.Int16)
        {
            // Without this check, quantized weights without their configuration would load and give wrong answers.
            throw new CheckpointFormatException(
                file,
                name,
                info.ElementType is ElementType.Float8E4M3 or ElementType.Float8E5M2
                    ? $"the tensor holds {info.ElementType}: weights quantized to FP8, which are not read; use the float16, bfloat16 or "
                        + "float32 checkpoint."
                    : $"the tensor holds {info.ElementType}, not floating-point numbers; quantized weights are not read.");
        }

        return info;
    }

    /// <summary>Hands out a tensor's bytes, contiguous and little-endian.</summary>
    internal static void Write(Tensor tensor, TensorWriter destination)
    {
        // A tensor on the way that no scope holds may be collected, and freed, while the next call reads it.
        using DisposeScope scope = NewDisposeScope();
        Tensor plain = tensor.detach().cpu().contiguous();
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

    private static unsafe void FillTensor(Tensor tensor, ITensorSource source, string name, TensorWriter? seen) => Fill(
        (byte*)TensorMemory.AddressOf(tensor), tensor.numel() * tensor.element_size(), source, name, seen);

    private static unsafe void Fill(byte* start, long size, ITensorSource source, string name, TensorWriter? seen)
    {
        if ((source as IPlacedTensors)?.Place(name) is var (file, place))
        {
            file.ReadTo(place, start, size, name, seen);
            return;
        }

        long offset = 0;
        source.CopyTo(name, bytes =>
        {
            seen?.Invoke(bytes);
            bytes.CopyTo(new Span<byte>(start + offset, checked((int)Math.Min(bytes.Length, size - offset))));
            offset += bytes.Length;
        });
    }

    /// <summary>Converts piece by piece: a whole copy in the stored format would take as much memory again.</summary>
    private static unsafe void Convert(
        Tensor tensor, ScalarType stored, int size, ITensorSource source, string name, TensorWriter? seen)
    {
        using IDisposable guard = no_grad();
        using Tensor flat = tensor.view(-1);
        long done = 0;
        source.CopyTo(name, bytes =>
        {
            seen?.Invoke(bytes);
            int count = bytes.Length / size;
            using Tensor piece = empty([count], dtype: stored);
            bytes.CopyTo(new Span<byte>((void*)TensorMemory.AddressOf(piece), bytes.Length));
            using Tensor place = flat.narrow(0, done, count);
            place.copy_(piece);
            done += count;
        });
    }
}
