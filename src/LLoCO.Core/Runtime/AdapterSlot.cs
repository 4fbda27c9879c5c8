using LLoCO.Core.Lora;

namespace LLoCO.Core.Runtime;

/// <summary>The place of one adapter in a model: weights in memory, or a folder whose weights are read at the first use.</summary>
/// <remarks>Safe for concurrent use: two first uses at the same time read once.</remarks>
internal sealed class AdapterSlot : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Func<LoraAdapter>? _read;
    private volatile LoraAdapter? _adapter;

    /// <summary>Holds an adapter that is in memory.</summary>
    /// <param name="adapter">The adapter; disposed with this slot.</param>
    internal AdapterSlot(LoraAdapter adapter) => _adapter = adapter;

    /// <summary>Holds an adapter that is read later.</summary>
    /// <param name="read">Reads it. A failure is not kept: the next use reads again, when the folder may have been put right.</param>
    internal AdapterSlot(Func<LoraAdapter> read) => _read = read;

    /// <summary>Gets whether the weights are in memory.</summary>
    internal bool IsLoaded => _adapter is not null;

    /// <summary>Gives the adapter; the first call reads it, and blocks as long as the file takes.</summary>
    /// <exception cref="Checkpoints.CheckpointFormatException">Its weights are damaged or not finite.</exception>
    internal LoraAdapter Get()
    {
        if (_adapter is { } loaded)
        {
            return loaded;
        }

        lock (_gate)
        {
            return _adapter ??= _read!();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _adapter?.Dispose();
        }
    }
}
