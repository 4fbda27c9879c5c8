namespace LLoCO.Core.Kernels;

/// <summary>Addresses of the KV cache of one row, per layer <c>[kv head, capacity, head]</c>. Other objects own the memory and
/// must outlive this one. A read-only prefix, shared by many rows, may precede the row's own part.</summary>
/// <param name="Format">Their number format.</param>
/// <param name="Capacity">Maximum number of positions after the prefix.</param>
/// <param name="Keys">Address of the keys of each layer.</param>
/// <param name="Values">Address of the values of each layer.</param>
internal sealed record DecoderCache(MatrixFormat Format, int Capacity, nint[] Keys, nint[] Values)
{
    /// <summary>Gets the positions of the prefix.</summary>
    internal int PrefixLength { get; init; }

    /// <summary>Gets the address of each layer's keys of the prefix, <c>[kv head, prefix length, head]</c>.</summary>
    internal nint[] PrefixKeys { get; init; } = [];

    /// <summary>Gets the address of each layer's values of the prefix, same shape.</summary>
    internal nint[] PrefixValues { get; init; } = [];

    /// <summary>Gets the address of what is added to each layer's scores of the prefix, <c>[kv head, prefix length]</c>, float32; empty
    /// for nothing.</summary>
    internal nint[] PrefixBiases { get; init; } = [];

    /// <summary>Gets by how many positions what follows the prefix is rotated further than its place says.</summary>
    internal int PositionShift { get; init; }
}
