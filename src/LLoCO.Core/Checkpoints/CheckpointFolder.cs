namespace LLoCO.Core.Checkpoints;

/// <summary>
/// The weights of a model folder as one source, independent of their files. Looked for in this order, as Hugging Face does:
/// <c>model.safetensors</c>, <c>model.safetensors.index.json</c> and its shards, <c>pytorch_model.bin</c>,
/// <c>pytorch_model.bin.index.json</c> and its shards. Safe for concurrent use.
/// </summary>
/// <remarks>Names are those of the model itself: what Python's wrappers put in front or between (<c>module.</c>,
/// <c>_orig_mod.</c> and the like) is taken out.</remarks>
public sealed class CheckpointFolder : ITensorSource, ILocatedTensors, IPlacedTensors
{
    private readonly Dictionary<string, (ITensorSource Source, string Name)> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);
    private readonly List<ITensorSource> _sources = [];
    private readonly List<string> _files = [];

    private CheckpointFolder(string path) => Path = path;

    /// <summary>Gets the folder.</summary>
    public string Path { get; }

    /// <summary>Gets the files that hold the weights.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    /// <summary>Opens the weights of a folder and checks every header.</summary>
    /// <param name="folder">The model folder.</param>
    /// <returns>The opened files, to be disposed.</returns>
    /// <exception cref="CheckpointFormatException">The folder has no weights, a shard is missing, an index contradicts its
    /// shards or leads out of the folder, or a file is damaged.</exception>
    public static CheckpointFolder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var opened = new CheckpointFolder(folder);
        try
        {
            opened.OpenFiles();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void CopyTo(string name, TensorWriter destination)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(destination);
        if (!_owners.TryGetValue(name, out (ITensorSource Source, string Name) owner))
        {
            throw new CheckpointFormatException(Path, name, $"there is no such tensor among the {Tensors.Count} of this source");
        }

        owner.Source.CopyTo(owner.Name, destination);
    }

    string ILocatedTensors.Locate(string name) =>
        _owners.TryGetValue(name, out (ITensorSource Source, string Name) owner) && owner.Source is ILocatedTensors located
            ? located.Locate(owner.Name)
            : Path;

    (BinaryFile File, long Offset)? IPlacedTensors.Place(string name) =>
        _owners.TryGetValue(name, out (ITensorSource Source, string Name) owner)
            ? (owner.Source as IPlacedTensors)?.Place(owner.Name)
            : null;

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (ITensorSource source in _sources)
        {
            source.Dispose();
        }
    }

    private void OpenFiles()
    {
        foreach (string file in (ReadOnlySpan<string>)["model.safetensors", "pytorch_model.bin"])
        {
            string path = System.IO.Path.Combine(Path, file);
            string index = path + ".index.json";
            if (File.Exists(path))
            {
                Take(Add(path));
                return;
            }

            if (File.Exists(index))
            {
                TakeShards(ShardIndex.Read(index));
                return;
            }
        }

        throw new CheckpointFormatException(Path, null, ForeignFolder.DescribeMissingWeights(Path));
    }

    private ITensorSource Add(string path)
    {
        bool isSafetensors = path.EndsWith(".safetensors", StringComparison.Ordinal);
        ITensorSource source = isSafetensors ? SafetensorsFile.Open(path) : TorchArchive.Open(path);
        _sources.Add(source);
        _files.Add(path);
        return source;
    }

    private void Take(ITensorSource source)
    {
        foreach ((string stored, TensorInfo tensor) in source.Tensors)
        {
            string name = WrapperNames.Strip(stored);
            if (!_owners.TryAdd(name, (source, stored)))
            {
                throw new CheckpointFormatException(
                    Path, stored, $"the tensor stands there twice: as '{_owners[name].Name}' too; keep one of them");
            }

            _tensors.Add(name, name == stored ? tensor : tensor with { Name = name });
        }
    }

    private void TakeShards(ShardIndex index)
    {
        IEnumerable<IGrouping<string, string>> shards = index.ShardOf.GroupBy(p => p.Value, p => p.Key);
        foreach (IGrouping<string, string> shard in shards.OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            string path = System.IO.Path.Combine(Path, shard.Key);
            if (!File.Exists(path))
            {
                throw new CheckpointFormatException(index.Path, shard.First(), $"its shard '{shard.Key}' is not in the folder");
            }

            ITensorSource source = Add(path);
            index.EnsureAgrees(path, shard.Key, shard, source);
            Take(source);
        }
    }
}
