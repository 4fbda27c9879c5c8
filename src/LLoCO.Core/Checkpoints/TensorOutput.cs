namespace LLoCO.Core.Checkpoints;

/// <summary>Checks of every tensor writer: that infos are consistent, and that callbacks write as many bytes as the infos
/// say.</summary>
internal static class TensorOutput
{
    public static void Check(string path, IReadOnlyList<TensorInfo> tensors)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (TensorInfo tensor in tensors)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"Two tensors are named '{tensor.Name}'.", nameof(tensors));
            }

            ElementType type = tensor.ElementType;
            long bytes = ElementTypes.CountElements(path, tensor.Name, tensor.Shape, type) * type.Size();
            if (bytes != tensor.ByteLength)
            {
                throw new ArgumentException(
                    $"'{tensor.Name}' {type} {ElementTypes.Show(tensor.Shape)} takes {bytes} bytes, not {tensor.ByteLength}.",
                    nameof(tensors));
            }
        }
    }

    public static void Write(Stream stream, TensorInfo tensor, Action<TensorInfo, TensorWriter> write)
    {
        long left = tensor.ByteLength;
        write(tensor, bytes =>
        {
            left -= bytes.Length;
            if (left < 0)
            {
                throw new InvalidOperationException($"More than the {tensor.ByteLength} bytes of '{tensor.Name}' were written.");
            }

            stream.Write(bytes);
        });
        if (left > 0)
        {
            throw new InvalidOperationException($"{left} of the {tensor.ByteLength} bytes of '{tensor.Name}' were not written.");
        }
    }
}
