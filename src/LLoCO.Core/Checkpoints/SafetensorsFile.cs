namespace LLoCO.Core.Checkpoints;

/// <summary>
/// One <c>.safetensors</c> file. Only its header is held in memory; numbers are streamed from the file on request, in pieces
/// that hold whole elements. Safe for concurrent use.
/// </summary>
public sealed class SafetensorsFile : ITensorSource, ILocatedTensors, IPlacedTensors
{
    private readonly BinaryFile _file;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(BinaryFile file, SafetensorsHeader header)
    {
        _file = file;
        _header = header;
    }

    /// <summary>Gets the file.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _header.Tensors;

    /// <summary>Gets the free text of the header (<c>__metadata__</c>); empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its whole header.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The opened file, to be disposed.</returns>
    /// <exception cref="CheckpointFormatException">The file is absent or is not a valid safetensors file.</exception>
    public static SafetensorsFile Open(string path)
    {
        BinaryFile file = BinaryFile.Open(path);
        try
        {
            return new SafetensorsFile(file, SafetensorsHeader.Read(file));
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
        if (!Tensors.TryGetValue(name, out TensorInfo? tensor))
        {
            throw new CheckpointFormatException(Path, name, $"there is no such tensor among the {Tensors.Count} of this source");
        }

        _file.Copy(_header.FileOffset(name), tensor.ByteLength, name, destination);
    }

    string ILocatedTensors.Locate(string name) => Path;

    (BinaryFile File, long Offset)? IPlacedTensors.Place(string name) => (_file, _header.FileOffset(name));

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();
}
