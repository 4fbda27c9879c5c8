namespace LLoCO.Core.Checkpoints;

/// <summary>
/// The weights of an adapter file under PEFT's current names, for every form of names in the file: names with the adapter's own
/// name in them (<c>lora_A.default.weight</c>, a state as it is in memory), or with wrappers' names in front.
/// </summary>
internal sealed class PeftTensors : ITensorSource, ILocatedTensors
{
    /// <summary>The embeddings that PEFT may save with an adapter automatically (<c>save_embedding_layers</c>), and what they are
    /// in the base model.</summary>
    private static readonly Dictionary<string, string> SavedEmbeddings = new(StringComparer.Ordinal)
    {
        ["base_model.model.model.embed_tokens.weight"] = "model.embed_tokens.weight",
        ["base_model.model.lm_head.weight"] = "lm_head.weight",
    };

    private readonly ITensorSource _source;
    private readonly string _file;
    private readonly Dictionary<string, string> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _embeddings = new(StringComparer.Ordinal);
    private string? _adapterName;

    /// <summary>Takes over an opened file.</summary>
    /// <param name="source">The file; disposed with this object.</param>
    /// <param name="file">Its path, for messages.</param>
    /// <exception cref="CheckpointFormatException">A tensor is not a LoRA weight, or occurs twice.</exception>
    internal PeftTensors(ITensorSource source, string file)
    {
        _source = source;
        _file = file;
        foreach (TensorInfo tensor in source.Tensors.Values)
        {
            Add(tensor);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    /// <summary>Gets the embeddings in the file: name in the base model to name in the file. They replace the base model's in PEFT,
    /// and mostly are the same numbers.</summary>
    internal IReadOnlyDictionary<string, string> Embeddings => _embeddings;

    /// <summary>Gets the file as it is, for <see cref="Embeddings"/>.</summary>
    internal ITensorSource Source => _source;

    /// <inheritdoc/>
    public void CopyTo(string name, TensorWriter destination)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_stored.TryGetValue(name, out string? stored))
        {
            throw new CheckpointFormatException(_file, name, $"there is no such tensor among the {Tensors.Count} of this source");
        }

        _source.CopyTo(stored, destination);
    }

    string ILocatedTensors.Locate(string name) => _file;

    /// <summary>Closes the file.</summary>
    public void Dispose() => _source.Dispose();

    private void Add(TensorInfo tensor)
    {
        string plain = WrapperNames.Strip(tensor.Name);
        if (SavedEmbeddings.TryGetValue(plain, out string? name))
        {
            _embeddings.Add(name, tensor.Name);
            return;
        }

        if (PeftTensorName.Parse(plain, out string? adapterName) is not { } parsed)
        {
            string kind = UnsupportedTensors.Find([plain])?.Kind is { } known && plain.Contains("magnitude", StringComparison.Ordinal)
                ? $" ({known})"
                : string.Empty;
            throw new CheckpointFormatException(
                _file,
                tensor.Name,
                $"the tensor is not LoRA A or B of one of {PeftTensorName.ModuleList}{kind}; ignoring it would give wrong numbers");
        }

        if (_tensors.Count > 0 && adapterName != _adapterName)
        {
            throw new CheckpointFormatException(
                _file,
                tensor.Name,
                $"belongs to the adapter '{adapterName ?? "without a name"}', other weights to '{_adapterName ?? "one without a name"}'; save "
                + "one adapter by itself (save_pretrained with selected_adapters)");
        }

        _adapterName = adapterName;
        string canonical = parsed.ToString();
        if (!_stored.TryAdd(canonical, tensor.Name))
        {
            throw new CheckpointFormatException(_file, tensor.Name, $"the tensor stands there twice: as '{_stored[canonical]}' too");
        }

        _tensors.Add(canonical, tensor with { Name = canonical });
    }
}
