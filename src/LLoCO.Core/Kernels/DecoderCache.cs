namespace LLoCO.Core.Kernels;

/// <summary>Where the keys and values of one row are: memory that another object owns and keeps, per layer
/// <c>[kv head, capacity, head]</c>.</summary>
/// <param name="Format">Their number format.</param>
/// <param name="Capacity">Most positions.</param>
/// <param name="Keys">Address of the keys of each layer.</param>
/// <param name="Values">Address of the values of each layer.</param>
internal sealed record DecoderCache(MatrixFormat Format, int Capacity, nint[] Keys, nint[] Values);
