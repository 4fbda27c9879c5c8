namespace LLoCO.Core.Checkpoints;

/// <summary>The weights of a model that was saved without its head: <c>layers.0…</c> is <c>model.layers.0…</c> elsewhere.</summary>
internal sealed class EncoderTensors : ITensorSource, ILocatedTensors, IPlacedTensors
{
    private const string Prefix = "model.";

    private readonly CheckpointFolder _folder;
    private readonly Dictionary<string, string> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);

    /// <summary>Takes over an opened folder.</summary>
    /// <param name="folder">The folder; disposed with this object.</param>
    internal EncoderTensors(CheckpointFolder folder)
    {
        _folder = folder;
        foreach ((string stored, TensorInfo tensor) in folder.Tensors)
        {
            string name = stored.StartsWith(Prefix, StringComparison.Ordinal) || stored == "lm_head.weight" ? stored : Prefix + stored;
            _stored.Add(name, stored);
            _tensors.Add(name, tensor with { Name = name });
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    /// <inheritdoc/>
    public void CopyTo(string name, TensorWriter destination) => _folder.CopyTo(_stored[name], destination);

    string ILocatedTensors.Locate(string name) => ((ILocatedTensors)_folder).Locate(_stored.GetValueOrDefault(name, name));

    (BinaryFile File, long Offset)? IPlacedTensors.Place(string name) => ((IPlacedTensors)_folder).Place(_stored[name]);

    /// <summary>Closes the files.</summary>
    public void Dispose() => _folder.Dispose();
}
