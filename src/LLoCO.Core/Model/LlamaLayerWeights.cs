using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Weights of one decoder layer, those of <see cref="LayerTable"/> that the model has.</summary>
/// <remarks>A weight that is a part of a larger tensor of the checkpoint is a view into it, made anew each time: then gradients
/// reach the tensor, and nothing is in memory twice.</remarks>
internal sealed class LlamaLayerWeights
{
    private readonly Place?[] _places = new Place?[LayerTable.Places];
    private readonly StoredWeight[] _stored;

    /// <summary>Takes a layer's weights.</summary>
    /// <param name="config">The model: says which there are.</param>
    /// <param name="take">Gives a tensor of the checkpoint.</param>
    internal LlamaLayerWeights(LlamaConfig config, Func<StoredWeight, LazyTensor> take)
    {
        _stored = [.. LayerTable.Stored(config)];
        foreach (StoredWeight stored in _stored)
        {
            LazyTensor tensor = take(stored);
            foreach ((LayerRow row, long start, long count) in stored.Parts(config))
            {
                _places[(int)row.Weight] = new Place(tensor, start, stored.Rows.Count == 1 ? null : count);
            }
        }
    }

    private LlamaLayerWeights(LlamaLayerWeights other, Func<LoraTarget, Tensor?> replace)
    {
        _stored = other._stored;
        other._places.CopyTo(_places, 0);
        foreach (LoraTarget target in Enum.GetValues<LoraTarget>())
        {
            if (replace(target) is { } tensor)
            {
                _places[(int)target] = new Place(tensor, 0, null);
            }
        }
    }

    /// <summary>Gets a weight that the model must have.</summary>
    internal Tensor this[LayerWeight which] => Find(which)
        ?? throw new InvalidOperationException($"The model's layers have no weight {which}.");

    /// <summary>Gets the weight of a linear layer.</summary>
    internal Tensor this[LoraTarget target] => this[(LayerWeight)target];

    /// <summary>A weight, or <see langword="null"/> where the model has none.</summary>
    internal Tensor? Find(LayerWeight which) => _places[(int)which]?.Show();

    /// <summary>A weight for readers without libtorch, or <see langword="null"/> where the model has none.</summary>
    internal LazyTensor? FindStored(LayerWeight which) => _places[(int)which] is { } place
        ? place.Count is { } count ? place.Whole.Rows(place.Start, count) : place.Whole
        : null;

    /// <summary>Gets the tensors of the checkpoint.</summary>
    internal IEnumerable<LazyTensor> Whole => _places.OfType<Place>().Select(place => place.Whole).Distinct();

    /// <summary>All tensors under their names in a checkpoint, without the layer's prefix.</summary>
    internal IEnumerable<(string Name, Tensor Weight)> Named()
    {
        foreach (StoredWeight stored in _stored)
        {
            Place[] parts = [.. stored.Rows.Select(row => _places[(int)row.Weight]!)];
            bool whole = parts.All(part => ReferenceEquals(part.Whole, parts[0].Whole));
            yield return (stored.Name, whole ? parts[0].Whole.Tensor : cat([.. parts.Select(part => part.Show())], 0));
        }
    }

    /// <summary>The same weights but for some linear layers.</summary>
    /// <param name="replace">Gives the weight in place of a linear layer's, or <see langword="null"/> to keep it.</param>
    internal LlamaLayerWeights With(Func<LoraTarget, Tensor?> replace) => new(this, replace);

    /// <summary>All weights in table order, for a pass that takes them as a list; in no dispose scope.</summary>
    /// <param name="absent">Used in place of a missing weight.</param>
    /// <param name="views">Takes the views among them, which the caller disposes.</param>
    internal Tensor[] ToArray(Tensor absent, ICollection<Tensor> views) => Array.ConvertAll(_places, place =>
    {
        if (place is null)
        {
            return absent;
        }

        if (place.Count is null)
        {
            return place.Whole.Tensor;
        }

        // Detached: autograd refuses to read a view that it knows after an optimizer has changed the whole.
        using Tensor numbers = place.Whole.Tensor.detach();
        Tensor shown = numbers.narrow(0, place.Start, place.Count.Value).DetachFromDisposeScope();
        views.Add(shown);
        return shown;
    });

    private sealed record Place(LazyTensor Whole, long Start, long? Count)
    {
        internal Tensor Show() => Count is { } count ? Whole.Tensor.narrow(0, Start, count) : Whole.Tensor;
    }
}
