namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Named tensors in one or more files, read one at a time: reading a 13 GB checkpoint never needs a second copy of it.
/// Safe for concurrent use.
/// </summary>
public interface ITensorSource : IDisposable
{
    /// <summary>Gets the tensors by name.</summary>
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Copies a tensor's numbers, contiguous in row-major order.</summary>
    /// <param name="name">A name in <see cref="Tensors"/>.</param>
    /// <param name="destination">Exactly <see cref="TensorInfo.ByteLength"/> bytes: a stream of that many writes, so that tensors
    /// over 2 GiB need no second buffer.</param>
    /// <exception cref="CheckpointFormatException">The file ends early, or there is no such tensor.</exception>
    void CopyTo(string name, TensorWriter destination);
}

/// <summary>Receives consecutive bytes of a tensor.</summary>
/// <param name="bytes">The next bytes; valid during the call only.</param>
public delegate void TensorWriter(ReadOnlySpan<byte> bytes);
