using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Lora;

/*
 *   module in the file     A [r, in]      B [q + k + v, r]
 *   pairs in memory        (A, B[0..q])   (A, B[q..q+k])   (A, B[q+k..])        views: nothing is copied
 */

/// <summary>One LoRA pair, float32.</summary>
/// <param name="StoredDown">A, <c>[r, in]</c>, for readers without libtorch too.</param>
/// <param name="StoredUp">B, <c>[out, r]</c>, likewise.</param>
internal sealed record LoraPair(LazyTensor StoredDown, LazyTensor StoredUp) : IDisposable
{
    /// <summary>Gets A, <c>[r, in]</c>.</summary>
    internal Tensor Down => StoredDown.Tensor;

    /// <summary>Gets B, <c>[out, r]</c>.</summary>
    internal Tensor Up => StoredUp.Tensor;

    /// <summary>Gets what it is a part of, where the model has several linear layers in one matrix; otherwise
    /// <see langword="null"/>.</summary>
    internal LoraShare? Share { get; init; }

    /// <summary>Adds the pairs of a module: one for each linear layer in it.</summary>
    /// <param name="pairs">Takes them.</param>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="module">The module.</param>
    /// <param name="config">The model.</param>
    /// <param name="down">A, in no dispose scope; owned by the pairs.</param>
    /// <param name="up">B of the whole module, likewise.</param>
    internal static void Add(
        Dictionary<(int Layer, LoraTarget Target), LoraPair> pairs, int layer, StoredWeight module, LlamaConfig config, LazyTensor down,
        LazyTensor up)
    {
        foreach ((LayerRow row, long start, long count) in module.Parts(config))
        {
            pairs.Add(
                (layer, row.Target!.Value),
                module.Rows.Count == 1 ? new LoraPair(down, up) : Part(down, new LoraShare(module.Module, up, start, count)));
        }
    }

    /// <summary>B for a pass with gradients: they reach the whole that it is a part of.</summary>
    internal Tensor Rows() => Share is null ? Up : Share.Show();

    /// <summary>The same pair with other tensors.</summary>
    /// <param name="convert">Gives a tensor in place of A, or of the whole B.</param>
    internal LoraPair Convert(Func<Tensor, Tensor> convert) => Share is null
        ? new LoraPair(convert(Down), convert(Up))
        : Part(convert(Down), Share with { Up = convert(Share.Up.Tensor) });

    /// <inheritdoc/>
    public void Dispose()
    {
        StoredDown.Dispose();
        StoredUp.Dispose();
        Share?.Up.Dispose();
    }

    private static LoraPair Part(LazyTensor down, LoraShare share) => new(down, share.Up.Rows(share.Start, share.Count)) { Share = share };
}

/// <summary>The part of a module's B that belongs to one linear layer.</summary>
/// <param name="Module">The module, such as <c>self_attn.qkv_proj</c>.</param>
/// <param name="Up">B of the module.</param>
/// <param name="Start">The first of the part's rows.</param>
/// <param name="Count">Its rows.</param>
internal sealed record LoraShare(string Module, LazyTensor Up, long Start, long Count)
{
    /// <summary>The part, as a view.</summary>
    internal Tensor Show() => Up.Tensor.narrow(0, Start, Count);
}
