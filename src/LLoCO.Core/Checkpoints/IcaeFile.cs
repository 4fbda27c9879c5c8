namespace LLoCO.Core.Checkpoints;

/*
 *   memory_token_embed.weight   [slots + 3, hidden]      the slots, then ae (rebuild the text), lm (continue it), ft (follow the prompt)
 *   icae.base_model.model.model.layers.N.self_attn.q_proj.lora_A.default.weight, lora_B ...
 */

/// <summary>
/// The trained part of an ICAE v2 (getao/icae, arXiv 2307.06945): a LoRA for compressing and the embeddings of the memory slots, in
/// one file beside the base model.
/// </summary>
internal sealed class IcaeFile : IDisposable
{
    /// <summary>Name of the embeddings.</summary>
    internal const string MemoryName = "memory_token_embed.weight";

    /// <summary>Tokens of text for each slot; a constant of the public code.</summary>
    internal const int TokensPerSlot = 4;

    /// <summary>LoRA's alpha; a constant of the public code.</summary>
    internal const double Alpha = 32;

    /// <summary>Rows of the embeddings behind the slots: ae, lm, ft.</summary>
    private const int SpecialTokens = 3;

    private const string Prefix = "icae.";

    private IcaeFile(SafetensorsFile file, IReadOnlyDictionary<PeftTensorName, string> lora, int slots, int rank)
    {
        Tensors = file;
        Lora = lora;
        Slots = slots;
        Rank = rank;
    }

    /// <summary>Gets the file's tensors.</summary>
    public SafetensorsFile Tensors { get; }

    /// <summary>Gets the LoRA's weights, with their names in the file.</summary>
    public IReadOnlyDictionary<PeftTensorName, string> Lora { get; }

    /// <summary>Gets the vectors that a segment becomes.</summary>
    public int Slots { get; }

    /// <summary>Gets the LoRA's rank.</summary>
    public int Rank { get; }

    /// <summary>Gets the row of the embedding that precedes a prompt to be followed.</summary>
    public int FineTunedRow => Slots + 2;

    /// <summary>Gets the rows of the embeddings.</summary>
    public int Rows => Slots + SpecialTokens;

    /// <summary>Finds the file in a model folder: a safetensors file with <c>icae</c> in its name.</summary>
    /// <param name="folder">The model folder.</param>
    /// <returns>Its path, or <see langword="null"/> if there is none.</returns>
    /// <exception cref="CheckpointFormatException">There are several.</exception>
    internal static string? Find(string folder)
    {
        string[] found = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.safetensors")
                .Where(file => System.IO.Path.GetFileName(file).Contains("icae", StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)]
            : [];
        return found.Length < 2
            ? found.FirstOrDefault()
            : throw new CheckpointFormatException(
                folder, null, $"holds {found.Length} ICAE files ({string.Join(", ", found.Select(System.IO.Path.GetFileName))}); keep one of them");
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The opened file, to be disposed.</returns>
    /// <exception cref="CheckpointFormatException">It is damaged, or holds something else.</exception>
    internal static IcaeFile Open(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            if (!file.Tensors.TryGetValue(MemoryName, out TensorInfo? memory))
            {
                throw new CheckpointFormatException(path, MemoryName, "the tensor is missing: the file is no ICAE v2");
            }

            if (memory.Shape.Count != 2 || memory.Shape[0] is <= SpecialTokens or > 1 << 16)
            {
                throw new CheckpointFormatException(
                    path, MemoryName, $"{ElementTypes.Show(memory.Shape)} is not [slots + {SpecialTokens}, hidden size]");
            }

            Dictionary<PeftTensorName, string> lora = Names(path, file);
            int rank = RankOf(path, file, lora);
            return new IcaeFile(file, lora, (int)memory.Shape[0] - SpecialTokens, rank);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => Tensors.Dispose();

    private static Dictionary<PeftTensorName, string> Names(string path, SafetensorsFile file)
    {
        var names = new Dictionary<PeftTensorName, string>();
        foreach (string stored in file.Tensors.Keys.Where(name => name != MemoryName))
        {
            if (!stored.StartsWith(Prefix, StringComparison.Ordinal)
                || PeftTensorName.Parse(stored[Prefix.Length..], out _) is not { } name || !names.TryAdd(name, stored))
            {
                throw new CheckpointFormatException(
                    path, stored,
                    $"the tensor is neither {MemoryName} nor LoRA A or B of a projection; ignoring it might give wrong numbers. Save the file "
                    + "without frozen weights");
            }
        }

        return names;
    }

    private static int RankOf(string path, SafetensorsFile file, Dictionary<PeftTensorName, string> lora)
    {
        long? rank = null;
        foreach ((PeftTensorName name, string stored) in lora)
        {
            IReadOnlyList<long> shape = file.Tensors[stored].Shape;
            long own = shape.Count == 2 ? shape[name.IsB ? 1 : 0] : 0;
            rank ??= own;
            if (own < 1 || own != rank || !lora.ContainsKey(name.Partner))
            {
                throw new CheckpointFormatException(
                    path, stored, $"{ElementTypes.Show(shape)} is not one of a pair of LoRA matrices of rank {rank}, as the others are");
            }
        }

        return rank is > 0 and <= 1 << 16
            ? (int)rank
            : throw new CheckpointFormatException(path, null, "the file holds no LoRA weights");
    }
}
