using LLoCO.Core.Compression;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Model;
using static TorchSharp.torch;

namespace LLoCO.Training.Memories;

/// <summary>Memories in training as what stands in front of a pass: laid as <see cref="MemoryPrefix"/> lays them
/// out, with gradients. Its tensors belong to the open dispose scope.</summary>
internal sealed class LaidMemories : KeyValueStore
{
    private readonly (Tensor Keys, Tensor Values, Tensor Biases)[] _layers;
    private readonly long _positions;

    /// <summary>Lays memories out.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cartridges">The memories, in the order of the prefix.</param>
    internal LaidMemories(LlamaModel model, IReadOnlyList<Cartridge> cartridges)
    {
        (int[] starts, _positions) = KeyValueMemory.Arrange(
            [.. cartridges.Select(one => one.Positions)], model.Config.MaxPositions, PrefixPlaces.Auto);
        int[] places = [.. cartridges.SelectMany((one, i) => one.Places.Select(place => starts[i] + place))];

        Tensor rows = cat([.. cartridges.Select(one => cat([one.Entries, one.Biases], 1))], 0);
        _layers = MemoryPrefix.Lay(model.Config, rows, places);
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            (Tensor keys, Tensor values, Tensor biases) = _layers[layer];
            _layers[layer] = (keys.to(model.Weights.Type), values.to(model.Weights.Type), biases);
        }

        Length = places.Length;
    }

    /// <inheritdoc/>
    internal override long Length { get; }

    /// <inheritdoc/>
    internal override long NextPosition => _positions;

    /// <inheritdoc/>
    internal override Tensor? Bias(int layer) => _layers[layer].Biases;

    /// <inheritdoc/>
    internal override (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values) =>
        (cat([_layers[layer].Keys, keys], 2), cat([_layers[layer].Values, values], 2));

    /// <summary>Keeps nothing: the memories stay as they are.</summary>
    /// <param name="positions">Not looked at.</param>
    internal override void Commit(long positions)
    {
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
