using LLoCO.Core.Families;

namespace LLoCO.Core.Kernels;

/// <summary>Addresses of the LoRA pairs of an adapter. Another object owns the memory and must outlive this one.</summary>
internal sealed class DecoderAdapter
{
    private readonly AdapterPair[] _pairs;

    /// <summary>Creates an adapter without pairs.</summary>
    /// <param name="layers">Decoder layers.</param>
    /// <param name="factor">alpha / r: the pairs' outputs are multiplied by it.</param>
    internal DecoderAdapter(int layers, float factor)
    {
        _pairs = new AdapterPair[layers * LayerTable.Linears];
        Factor = factor;
    }

    /// <summary>Gets what the pairs' outputs are multiplied by.</summary>
    internal float Factor { get; }

    /// <summary>Gets the largest rank.</summary>
    internal int LargestRank { get; private set; }

    /// <summary>Gets or sets the pair of a matrix; rank 0 where there is none.</summary>
    internal AdapterPair this[int layer, LoraTarget matrix]
    {
        get => _pairs[(layer * LayerTable.Linears) + (int)matrix];
        set
        {
            _pairs[(layer * LayerTable.Linears) + (int)matrix] = value;
            LargestRank = Math.Max(LargestRank, value.Rank);
        }
    }
}

/// <summary>One LoRA pair, float32: <c>A [rank, in]</c> and <c>B [out, rank]</c>.</summary>
/// <param name="Down">Address of A.</param>
/// <param name="Up">Address of B.</param>
/// <param name="Rank">r; 0 for no pair.</param>
internal readonly record struct AdapterPair(nint Down, nint Up, int Rank);
