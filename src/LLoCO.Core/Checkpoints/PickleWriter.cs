using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Writes the pickle (protocol 2) of a dictionary of contiguous tensors, each with a storage of its own, or of one tensor: the
/// calls that <c>torch.save</c> records for them.
/// </summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _output = [];

    private PickleWriter()
    {
    }

    public static byte[] Write(IReadOnlyList<TensorInfo> tensors)
    {
        var writer = new PickleWriter();
        writer._output.AddRange([0x80, 2]);
        writer.Put('}');
        writer.Put('(');
        for (int i = 0; i < tensors.Count; i++)
        {
            writer.Text(tensors[i].Name);
            writer.Tensor(tensors[i], i);
        }

        writer.Put('u');
        writer.Put('.');
        return [.. writer._output];
    }

    public static byte[] WriteOne(TensorInfo tensor)
    {
        var writer = new PickleWriter();
        writer._output.AddRange([0x80, 2]);
        writer.Tensor(tensor, 0);
        writer.Put('.');
        return [.. writer._output];
    }

    /// <summary>Gets the archive entry that holds the numbers of the tensor of an index.</summary>
    public static string StorageEntry(int index) => string.Create(CultureInfo.InvariantCulture, $"data/{index}");

    private void Tensor(TensorInfo tensor, int index)
    {
        Name("torch._utils", "_rebuild_tensor_v2");
        Put('(');
        Storage(tensor, index);
        Integer(0);
        Sizes(tensor.Shape);
        Sizes(Strides(tensor.Shape));
        _output.Add(0x89);

        // No backward hooks: an empty OrderedDict.
        Name("collections", "OrderedDict");
        Put(')');
        Put('R');
        Put('t');
        Put('R');
    }

    private void Storage(TensorInfo tensor, int index)
    {
        Put('(');
        Text("storage");
        Name("torch", tensor.ElementType.TorchStorage());
        Text(index.ToString(CultureInfo.InvariantCulture));
        Text("cpu");
        Integer(tensor.ByteLength / tensor.ElementType.Size());
        Put('t');
        Put('Q');
    }

    private static long[] Strides(IReadOnlyList<long> shape)
    {
        long[] strides = new long[shape.Count];
        long stride = 1;
        for (int i = strides.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(shape[i], 1);
        }

        return strides;
    }

    private void Sizes(IReadOnlyList<long> sizes)
    {
        Put('(');
        foreach (long size in sizes)
        {
            Integer(size);
        }

        Put('t');
    }

    private void Put(char operation) => _output.Add((byte)operation);

    private void Name(string module, string name) => _output.AddRange(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    private void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Put('X');
        _output.AddRange(length);
        _output.AddRange(bytes);
    }

    private void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        if (value <= int.MaxValue)
        {
            Put('J');
            _output.AddRange(bytes[..4]);
        }
        else
        {
            _output.AddRange([0x8a, 8]);
            _output.AddRange(bytes);
        }
    }
}
