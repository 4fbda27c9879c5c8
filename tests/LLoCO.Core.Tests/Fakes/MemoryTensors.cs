using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>Tensors in memory, for tests of what reads them.</summary>
internal sealed class MemoryTensors : ITensorSource
{
    private readonly Dictionary<string, TensorInfo> _tensors = [];
    private readonly Dictionary<string, byte[]> _bytes = [];

    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    public MemoryTensors Add(string name, long[] shape, params float[] numbers) =>
        Add(name, ElementType.Float32, shape, MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray());

    public MemoryTensors Add(string name, ElementType type, long[] shape, byte[] bytes)
    {
        _tensors.Add(name, new TensorInfo(name, type, shape, bytes.Length));
        _bytes.Add(name, bytes);
        return this;
    }

    public void CopyTo(string name, TensorWriter destination) => destination(_bytes[name]);

    public void Dispose()
    {
    }
}
