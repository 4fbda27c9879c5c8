using LLoCO.Core.Checkpoints;

namespace LLoCO.Tool.Verification;

/// <summary>The tensors of goldens.safetensors, and which of them were used.</summary>
/// <param name="source">The opened file.</param>
internal sealed class GoldenTensors(ITensorSource source)
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Gets the names of the unused tensors.</summary>
    internal IEnumerable<string> Unused => source.Tensors.Keys.Where(name => !_used.Contains(name)).Order(StringComparer.Ordinal);

    /// <summary>Lists the tensors with a name prefix.</summary>
    internal IReadOnlyList<string> Beginning(string prefix) =>
        [.. source.Tensors.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Checks whether a tensor exists.</summary>
    internal bool Contains(string name) => source.Tensors.ContainsKey(name);

    /// <summary>Gets a tensor's shape.</summary>
    internal long[] Shape(string name) => [.. Find(name).Shape];

    /// <summary>Reads a reference tensor as float32 values.</summary>
    internal float[] Floats(string name)
    {
        Find(name);
        return source.ReadFloats(name);
    }

    /// <summary>Reads int64 numbers.</summary>
    internal long[] Integers(string name)
    {
        Find(name);
        return source.ReadInt64s(name);
    }

    private TensorInfo Find(string name)
    {
        _used.Add(name);
        return source.Tensors.TryGetValue(name, out TensorInfo? info)
            ? info
            : throw new GoldenFault(name, "the tensor is missing");
    }
}
