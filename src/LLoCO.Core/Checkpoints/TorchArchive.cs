namespace LLoCO.Core.Checkpoints;

/// <summary>
/// One file by <c>torch.save</c> (PyTorch 1.6 and later): <c>pytorch_model.bin</c>, <c>adapter_model.bin</c>, or a <c>.pth</c>
/// dictionary of tensors. Only the descriptions are held in memory; numbers are streamed on request, in pieces that hold
/// whole elements. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Dictionary keys are strings or integers (then in decimal); keys of nested dictionaries are joined by a full stop. Tensors
/// may share storages and may be non-contiguous views. The pickle inside is read with an allow-list of tensor constructors;
/// nothing in it is run.
/// </remarks>
public sealed class TorchArchive : ITensorSource, ILocatedTensors, IPlacedTensors
{
    private const long MaxPickleBytes = 64L << 20;
    private const string PickleEntry = "/data.pkl";
    private readonly BinaryFile _file;
    private readonly Dictionary<string, TorchView> _views = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);

    private TorchArchive(BinaryFile file) => _file = file;

    /// <summary>Gets the file.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    /// <summary>Gets the names in the order of the file's dictionary.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>Opens a file and checks every tensor's description against the file's length.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The opened file, to be disposed.</returns>
    /// <exception cref="CheckpointFormatException">The file is absent, damaged, refers to anything but tensors, or is of another
    /// format.</exception>
    public static TorchArchive Open(string path)
    {
        BinaryFile file = BinaryFile.Open(path);
        try
        {
            var archive = new TorchArchive(file);
            archive.ReadDescriptions();
            return archive;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void CopyTo(string name, TensorWriter destination)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(destination);
        if (!_views.TryGetValue(name, out TorchView? view))
        {
            throw new CheckpointFormatException(Path, name, $"there is no such tensor among the {Tensors.Count} of this source");
        }

        view.CopyTo(_file, destination);
    }

    string ILocatedTensors.Locate(string name) => Path;

    (BinaryFile File, long Offset)? IPlacedTensors.Place(string name) =>
        _views[name].PlaceIfContiguous is { } offset ? (_file, offset) : null;

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private void ReadDescriptions()
    {
        StoredZip zip = StoredZip.Read(_file);
        string root = FindRoot(zip);
        EnsureLittleEndian(zip, root);
        (long offset, long length) = zip.Entries[root + PickleEntry];
        if (length > MaxPickleBytes)
        {
            throw new CheckpointFormatException(
                Path, root + PickleEntry, $"{length} bytes are more than the {MaxPickleBytes} that are read");
        }

        object? content = PickleMachine.Run(Path, _file.Read(offset, (int)length, root + PickleEntry));
        var names = new List<string>();
        foreach ((string name, PickleTensor tensor) in TorchDictionary.Flatten(Path, content))
        {
            if (!zip.Entries.TryGetValue($"{root}/data/{tensor.Storage.Key}", out (long Offset, long Length) storage))
            {
                throw new CheckpointFormatException(Path, name, $"its storage '{tensor.Storage.Key}' is not in the archive");
            }

            TorchView view = TorchView.Check(Path, name, tensor, storage.Offset, storage.Length);
            _views.Add(name, view);
            _tensors.Add(name, view.Info);
            names.Add(name);
        }

        Names = names;
    }

    /// <summary>All entries lie below one folder, which <c>torch.save</c> names after the file.</summary>
    private string FindRoot(StoredZip zip)
    {
        string[] pickles = [.. zip.Entries.Keys.Where(k => k.EndsWith(PickleEntry, StringComparison.Ordinal))];
        if (pickles.Length != 1 || zip.Entries.Keys.Any(k => k.EndsWith("/constants.pkl", StringComparison.Ordinal)))
        {
            throw new CheckpointFormatException(
                Path,
                null,
                "the zip archive is not one of torch.save: it must hold one data.pkl (and TorchScript programs are not read)");
        }

        return pickles[0][..^PickleEntry.Length];
    }

    private void EnsureLittleEndian(StoredZip zip, string root)
    {
        // Absent before PyTorch 2.1, which then meant the machine's own order.
        string key = root + "/byteorder";
        if (zip.Entries.TryGetValue(key, out (long Offset, long Length) entry)
            && !(entry.Length == 6 && _file.Read(entry.Offset, 6, key).AsSpan().SequenceEqual("little"u8)))
        {
            throw new CheckpointFormatException(Path, key, "only little-endian files are read");
        }
    }
}
