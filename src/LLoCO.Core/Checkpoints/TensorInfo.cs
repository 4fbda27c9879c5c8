namespace LLoCO.Core.Checkpoints;

/// <summary>A tensor in a file: everything but its numbers.</summary>
/// <param name="Name">The key under which it is stored.</param>
/// <param name="ElementType">Its number format.</param>
/// <param name="Shape">Its dimensions; empty for a scalar. Checked against overflow when the file was opened.</param>
/// <param name="ByteLength">Bytes of its numbers, contiguous in row-major order, little-endian.</param>
public sealed record TensorInfo(string Name, ElementType ElementType, IReadOnlyList<long> Shape, long ByteLength);
