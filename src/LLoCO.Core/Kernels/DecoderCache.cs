namespace LLoCO.Core.Kernels;

/// <summary>Where the keys and values of one row are: memory that other objects own and keep, per layer
/// <c>[kv head, capacity, head]</c>. In front of the row's own may stand a prefix that many rows share and none writes
/// to.</summary>
/// <param name="Format">Their number format.</param>
/// <param name="Capacity">Most positions behind the prefix.</param>
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
}
