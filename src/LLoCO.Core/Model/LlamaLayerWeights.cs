using LLoCO.Core.Families;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Weights of one decoder layer, those of <see cref="LayerTable"/> that the model has.</summary>
internal sealed class LlamaLayerWeights
{
    private readonly Tensor?[] _places = new Tensor?[LayerTable.Places];

    /// <summary>Takes a layer's weights.</summary>
    /// <param name="config">The model: says which there are.</param>
    /// <param name="take">Gives the weight of a row.</param>
    internal LlamaLayerWeights(LlamaConfig config, Func<LayerRow, Tensor> take)
    {
        foreach (LayerRow row in LayerTable.Select(config))
        {
            _places[(int)row.Weight] = take(row);
        }
    }

    /// <summary>Gets a weight that the model must have.</summary>
    internal Tensor this[LayerWeight which] => _places[(int)which]
        ?? throw new InvalidOperationException($"The model's layers have no weight {which}.");

    /// <summary>Gets the weight of a linear layer.</summary>
    internal Tensor this[LoraTarget target] => this[(LayerWeight)target];

    /// <summary>A weight, or <see langword="null"/> where the model has none.</summary>
    internal Tensor? Find(LayerWeight which) => _places[(int)which];

    /// <summary>All weights in table order, for a pass that takes them as a list.</summary>
    /// <param name="absent">Used in place of a missing weight.</param>
    internal Tensor[] ToArray(Tensor absent) => Array.ConvertAll(_places, weight => weight ?? absent);
}
