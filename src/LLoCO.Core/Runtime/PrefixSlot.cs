using LLoCO.Core.Model;

namespace LLoCO.Core.Runtime;

/// <summary>The place of one key/value prefix in a model: its numbers are read at the first use.</summary>
/// <param name="folder">The PEFT folder.</param>
/// <param name="length">Its positions.</param>
/// <param name="read">Reads it. A failure is not kept: the next use reads again.</param>
/// <remarks>Safe for concurrent use: two first uses at the same time read once.</remarks>
internal sealed class PrefixSlot(string folder, int length, Func<PrefixKeyValues> read) : IDisposable
{
    private readonly Lock _gate = new();
    private volatile PrefixKeyValues? _keyValues;
    private bool _disposed;

    /// <summary>Gets the PEFT folder.</summary>
    internal string Folder => folder;

    /// <summary>Gets the positions.</summary>
    internal int Length => length;

    /// <summary>Gives the keys and values; the first call reads them, and blocks as long as the file takes.</summary>
    /// <returns>The entries, held by the caller.</returns>
    /// <exception cref="Checkpoints.CheckpointFormatException">The numbers are damaged or not finite.</exception>
    internal PrefixKeyValues Get()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return (_keyValues ??= read()).Share();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _keyValues?.Dispose();
        }
    }
}
