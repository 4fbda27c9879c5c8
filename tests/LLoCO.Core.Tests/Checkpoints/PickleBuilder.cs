using System.Buffers.Binary;
using System.Text;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Writes pickles operation by operation, so that tests can write what no pickler would.</summary>
internal sealed class PickleBuilder
{
    private readonly MemoryStream _bytes = new();

    public PickleBuilder() => Raw(0x80, 2);

    public PickleBuilder Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Operations without operands, by the letters that Python's pickletools lists.</summary>
    public PickleBuilder Do(string operations) => Raw(Encoding.Latin1.GetBytes(operations));

    public PickleBuilder Name(string module, string name) => Raw(Encoding.UTF8.GetBytes($"c{module}\n{name}\n"));

    public PickleBuilder Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Do("X").Raw(length).Raw(utf8);
    }

    public PickleBuilder Integer(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8a, 8).Raw(bytes);
    }

    public PickleBuilder Tuple(params long[] values)
    {
        Do("(");
        foreach (long value in values)
        {
            Integer(value);
        }

        return Do("t");
    }

    public PickleBuilder Storage(string type, string key, long count, string module = "torch") =>
        Do("(").Text("storage").Name(module, type).Text(key).Text("cpu").Integer(count).Do("tQ");

    /// <summary>A tensor over storage 0.</summary>
    public PickleBuilder Tensor(
        long[] shape, long[] strides, long offset = 0, long count = 24, string type = "FloatStorage", string key = "0") =>
        Name("torch._utils", "_rebuild_tensor_v2").Do("(").Storage(type, key, count).Integer(offset).Tuple(shape).Tuple(strides)
            .Raw(0x89).Name("collections", "OrderedDict").Do(")RtR");

    public byte[] ToArray() => _bytes.ToArray();
}
