using System.Buffers;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// A tensor of a <c>torch.save</c> archive: a strided view of bytes in the file, checked to lie within its storage.
/// </summary>
internal sealed class TorchView
{
    /// <summary>
    /// Non-contiguous tensors up to this span are gathered from memory; larger ones by a read for each run of numbers.
    /// </summary>
    private const long MaxGatherBytes = 256L << 20;

    private const int OutputBytes = 1 << 20;
    private readonly long _start;
    private readonly long _spanBytes;
    private readonly long[] _shape;
    private readonly long[] _strides;

    private TorchView(TensorInfo info, long start, long spanBytes, long[] shape, long[] strides)
    {
        Info = info;
        _start = start;
        _spanBytes = spanBytes;
        _shape = shape;
        _strides = strides;
    }

    public TensorInfo Info { get; }

    /// <summary>Gets the first byte in the file where the numbers lie there in row-major order; otherwise
    /// <see langword="null"/>.</summary>
    public long? PlaceIfContiguous => InnerRun().OuterRank == 0 ? _start : null;

    /// <summary>Checks a description against its storage.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="name">The tensor's name.</param>
    /// <param name="tensor">The description.</param>
    /// <param name="storageStart">First byte of the storage in the file.</param>
    /// <param name="storageLength">Bytes that the file holds of it.</param>
    /// <exception cref="CheckpointFormatException">The view leaves its storage, or repeats parts of it.</exception>
    public static TorchView Check(string file, string name, PickleTensor tensor, long storageStart, long storageLength)
    {
        int size = tensor.Type.Size();
        int unit = tensor.Storage.Type?.Size() ?? 1;
        if (tensor.Storage.Count > storageLength / unit || tensor.Storage.Count * unit != storageLength)
        {
            throw new CheckpointFormatException(
                file,
                name,
                $"its storage is said to have {tensor.Storage.Count} elements of {unit} bytes, the file holds {storageLength}");
        }

        long available = storageLength / size;
        long count = ElementTypes.CountElements(file, name, tensor.Shape, tensor.Type);
        if (tensor.Strides.Length != tensor.Shape.Length || tensor.Offset < 0 || tensor.Strides.Any(s => s < 0))
        {
            throw new CheckpointFormatException(file, name, "its strides do not fit its shape, or lead backwards");
        }

        long span = count == 0 ? 0 : Span(tensor, available);
        if (span > available - tensor.Offset || tensor.Offset > available)
        {
            throw new CheckpointFormatException(
                file,
                name,
                $"shape {ElementTypes.Show(tensor.Shape)} with strides {ElementTypes.Show(tensor.Strides)} leaves its storage of "
                + $"{available} elements");
        }

        if (count > span)
        {
            throw new CheckpointFormatException(file, name, "it repeats elements (an expanded view); save a copy of it (clone)");
        }

        var info = new TensorInfo(name, tensor.Type, tensor.Shape, count * size);
        return new TorchView(info, storageStart + (tensor.Offset * size), span * size, tensor.Shape, tensor.Strides);
    }

    public void CopyTo(BinaryFile file, TensorWriter destination) => CopyTo(file, destination, MaxGatherBytes);

    /// <summary>Copies with another bound on what is gathered from memory.</summary>
    internal void CopyTo(BinaryFile file, TensorWriter destination, long maxGatherBytes)
    {
        if (InnerRun().OuterRank == 0)
        {
            file.Copy(_start, Info.ByteLength, Info.Name, destination);
            return;
        }

        byte[]? whole = _spanBytes <= maxGatherBytes ? ArrayPool<byte>.Shared.Rent((int)_spanBytes) : null;
        byte[] output = ArrayPool<byte>.Shared.Rent(OutputBytes);
        try
        {
            if (whole is not null)
            {
                file.Fill(_start, whole.AsSpan(0, (int)_spanBytes), Info.Name);
            }

            Gather(file, whole, output.AsSpan(0, OutputBytes), destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(output);
            if (whole is not null)
            {
                ArrayPool<byte>.Shared.Return(whole);
            }
        }
    }

    /// <summary>Elements from the first to the last that the view touches; stops early at anything beyond the storage.</summary>
    private static long Span(PickleTensor tensor, long available)
    {
        long span = 1;
        for (int i = 0; i < tensor.Shape.Length; i++)
        {
            long steps = tensor.Shape[i] - 1;
            if (steps > 0 && tensor.Strides[i] > (available - span) / steps)
            {
                return long.MaxValue;
            }

            span += steps * tensor.Strides[i];
        }

        return span;
    }

    /// <summary>Elements that lie together, in row-major order, from any start: the trailing dimensions without gaps.</summary>
    private (long Run, int OuterRank) InnerRun()
    {
        long run = 1;
        int rank = _shape.Length;
        while (rank > 0 && (_shape[rank - 1] == 1 || _strides[rank - 1] == run))
        {
            run *= _shape[--rank];
        }

        return (run, rank);
    }

    /// <summary>Walks the runs in row-major order and passes them on, short ones together.</summary>
    private void Gather(BinaryFile file, byte[]? whole, Span<byte> output, TensorWriter destination)
    {
        int size = Info.ElementType.Size();
        (long run, int outerRank) = InnerRun();
        long runBytes = run * size;
        long[] index = new long[outerRank];
        long position = 0;
        int filled = 0;
        for (long left = Info.ByteLength; left > 0; left -= runBytes)
        {
            if (runBytes > output.Length)
            {
                file.Copy(_start + position, runBytes, Info.Name, destination);
            }
            else
            {
                if (runBytes > output.Length - filled)
                {
                    destination(output[..filled]);
                    filled = 0;
                }

                Take(file, whole, position, output.Slice(filled, (int)runBytes));
                filled += (int)runBytes;
            }

            position += Advance(index) * size;
        }

        destination(output[..filled]);
    }

    private void Take(BinaryFile file, byte[]? whole, long position, Span<byte> target)
    {
        if (whole is not null)
        {
            whole.AsSpan((int)position, target.Length).CopyTo(target);
        }
        else
        {
            file.Fill(_start + position, target, Info.Name);
        }
    }

    /// <summary>
    /// Steps to the next index of the outer dimensions and returns by how many elements that moves in the storage.
    /// </summary>
    private long Advance(long[] index)
    {
        long moved = 0;
        for (int i = index.Length - 1; i >= 0; i--)
        {
            if (++index[i] < _shape[i])
            {
                return moved + _strides[i];
            }

            moved -= (_shape[i] - 1) * _strides[i];
            index[i] = 0;
        }

        return moved;
    }
}
