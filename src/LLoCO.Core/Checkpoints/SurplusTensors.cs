using System.Globalization;
using System.Security.Cryptography;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Makes sure that a checkpoint has no tensors that its model would ignore: a bias that the configuration does not mention, an
/// extra layer, a part of another model. Weights that are ignored silently give wrong answers.
/// </summary>
/// <remarks>
/// Allowed to be surplus: rotary tables (<c>rotary_emb.inv_freq</c>), which follow from the configuration; the head of a model whose
/// head is its token embedding, where it is the same numbers; and, outside the model's own modules, tensors of a type that no weight
/// has (integers, booleans, 8-bit floats, complex numbers).
/// </remarks>
internal static class SurplusTensors
{
    private const string Embedding = "model.embed_tokens.weight";
    private const string Head = "lm_head.weight";

    private static readonly string[] OwnModules = ["model.", "lm_head.", "embed_summary."];

    /// <summary>Checks a checkpoint's names.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="expected">Whether the model has a tensor of a name.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="file">The checkpoint's path, for messages.</param>
    /// <exception cref="CheckpointFormatException">A tensor is surplus, or the names are those of another kind of model.</exception>
    internal static void Refuse(ITensorSource source, Func<string, bool> expected, LlamaConfig config, string file)
    {
        string[] surplus =
        [
            .. source.Tensors.Values.Where(tensor => !expected(tensor.Name) && !IsHarmless(tensor)).Select(tensor => tensor.Name)
                .Order(StringComparer.Ordinal),
        ];
        if (surplus.Length == 0)
        {
            return;
        }

        if (UnsupportedTensors.Find(surplus) is { } found)
        {
            throw new CheckpointFormatException(file, found.Name, found.Kind);
        }

        EnsurePrefix(source, surplus, file);
        foreach (string name in surplus)
        {
            if (name == Head && config.TieWordEmbeddings && source.Tensors.ContainsKey(Embedding))
            {
                EnsureSame(source, file);
                continue;
            }

            throw new CheckpointFormatException(
                file,
                name,
                $"the model that config.json describes has no such tensor; leaving it out would give wrong numbers. {Remedy(name, config)}");
        }
    }

    private static bool IsHarmless(TensorInfo tensor) =>
        tensor.Name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal)
        || (!tensor.ElementType.IsFloat()
            && !OwnModules.Any(module => tensor.Name.StartsWith(module, StringComparison.Ordinal)));

    /// <summary>Where the embedding itself has another name, all names do: say which, instead of one that is missing.</summary>
    private static void EnsurePrefix(ITensorSource source, string[] surplus, string file)
    {
        if (source.Tensors.ContainsKey(Embedding))
        {
            return;
        }

        string end = Embedding["model.".Length..];
        if (surplus.FirstOrDefault(name => name.EndsWith(end, StringComparison.Ordinal)) is { } other)
        {
            string prefix = other.EndsWith(Embedding, StringComparison.Ordinal) ? other[..^Embedding.Length] : other[..^end.Length];
            throw new CheckpointFormatException(
                file,
                other,
                prefix.Length == 0
                    ? $"is where '{Embedding}' should be: the file holds the model without its head ('model.' is missing in front of the "
                        + "names); save the model for causal language modelling"
                    : $"is where '{Embedding}' should be: the names begin with '{prefix}'. Save the model itself, without what wraps it");
        }
    }

    private static void EnsureSame(ITensorSource source, string file)
    {
        TensorInfo head = source.Tensors[Head];
        TensorInfo embedding = source.Tensors[Embedding];
        if (head.ElementType != embedding.ElementType || !head.Shape.SequenceEqual(embedding.Shape)
            || Hash(source, Head) != Hash(source, Embedding))
        {
            throw new CheckpointFormatException(
                file,
                Head,
                $"differs from '{Embedding}', while config.json says that the head is the embedding (tie_word_embeddings); correct "
                + "config.json, or remove the tensor that is not meant");
        }
    }

    private static string Hash(ITensorSource source, string name)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        source.CopyTo(name, hash.AppendData);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Remedy(string name, LlamaConfig config)
    {
        string[] parts = name.Split('.');
        bool isDeeper = parts is ["model", "layers", var layer, ..]
            && int.TryParse(layer, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= config.Layers;
        return isDeeper ? $"config.json says {config.Layers} layers (num_hidden_layers); correct it"
            : name.EndsWith(".bias", StringComparison.Ordinal)
                ? "config.json announces no such bias (attention_bias, mlp_bias, model_type); correct it"
            : name.StartsWith("embed_summary.", StringComparison.Ordinal)
                ? "config.json says no summary embeddings (summary_length); correct it"
            : "Correct config.json, or remove the tensor from the file";
    }
}
