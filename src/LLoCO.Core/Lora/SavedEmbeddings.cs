using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Lora;

/// <summary>
/// Embeddings that PEFT saved automatically with an adapter (<c>save_embedding_layers</c>). In PEFT they replace those of the
/// base model; here they are accepted only if they equal them.
/// </summary>
internal static class SavedEmbeddings
{
    /// <summary>Compares them with the base model's.</summary>
    /// <param name="peft">The adapter folder.</param>
    /// <param name="baseWeight">Gets a weight of the model by its name; may be <see langword="null"/>.</param>
    /// <exception cref="CheckpointFormatException">They are others, or there is nothing to compare them with.</exception>
    internal static void EnsureBase(PeftAdapterFolder peft, Func<string, Tensor?>? baseWeight)
    {
        foreach ((string name, string stored) in peft.Stored.Embeddings)
        {
            if (baseWeight?.Invoke(name) is not { } weight || !Equal(peft, stored, weight))
            {
                throw new CheckpointFormatException(
                    peft.Path,
                    stored,
                    "the adapter brings embeddings that differ from the base model's; replacing them is not supported. Merge the "
                    + "adapter into its base model with PEFT, or save it anew with save_embedding_layers=False if they were not trained");
            }
        }
    }

    /// <summary>In the model's format: a file may keep them in another than the model was loaded in.</summary>
    private static bool Equal(PeftAdapterFolder peft, string stored, Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        TensorInfo info = peft.Stored.Source.Tensors[stored];
        if (!info.ElementType.IsFloat() || !info.Shape.SequenceEqual(weight.shape))
        {
            return false;
        }

        using Tensor own = TensorLoader.Load(peft.Stored.Source, stored, null, weight.dtype, weight.device, peft.Path);
        return own.eq(weight).all().item<bool>();
    }
}
