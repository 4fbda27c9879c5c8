using LLoCO.Core.Compression.Published;
using LLoCO.Core.Model;

namespace LLoCO.Core.Decoding.Prefixes;

/// <summary>
/// Cache of the KV cache entries of summary prefixes, so a second question about the same documents only needs the prefill of its
/// own tokens. Bounded by bytes; the least recently used entry is dropped first. Answers in progress hold their prefix even after
/// it was dropped here.
/// </summary>
/// <remarks>Belongs to one model and is used on that model's thread only.</remarks>
internal sealed class PrefixCache : IDisposable
{
    private readonly long _maxBytes;
    private readonly PrefixFolder? _folder;
    private readonly Dictionary<PrefixKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>Creates an empty cache.</summary>
    /// <param name="maxBytes">Most bytes of keys and values; 0 keeps nothing.</param>
    /// <param name="folder">Where prefixes are kept in files as well, if anywhere.</param>
    /// <param name="frame">What stands around summary embeddings; nothing if omitted.</param>
    internal PrefixCache(long maxBytes, PrefixFolder? folder = null, PrefixFrame? frame = null)
    {
        Frame = frame ?? PrefixFrame.None;
        _folder = folder;
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        _maxBytes = maxBytes;
    }

    /// <summary>Gets where prefixes are kept in files, if anywhere.</summary>
    internal PrefixFolder? Folder => _folder;

    /// <summary>Gets what stands around the summary embeddings of every prefix.</summary>
    internal PrefixFrame Frame { get; }

    /// <summary>Gets the bytes in use.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Gets the prefixes held.</summary>
    internal int Count => _entries.Count;

    /// <summary>Gets how many prefixes were found here.</summary>
    internal long Hits { get; private set; }

    /// <summary>Gets how many were not, including those that were read from a file.</summary>
    internal long Misses { get; private set; }

    /// <summary>Gets how many were computed.</summary>
    internal long Computed { get; private set; }

    /// <summary>Finds a prefix, or computes and keeps it.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="compute">Computes its keys and values.</param>
    /// <returns>Its entries. The caller holds them even if the cache drops them, and must dispose them once.</returns>
    internal PrefixKeyValues GetOrAdd(PrefixKey key, Func<PrefixKeyValues> compute) => Find(key) ?? Add(key, compute());

    /// <summary>Whether a prefix is in memory.</summary>
    internal bool Holds(PrefixKey key) => _entries.ContainsKey(key);

    /// <summary>Finds a prefix, in memory or in the folder.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Its entries, held by the caller; <see langword="null"/> if they are not kept.</returns>
    internal PrefixKeyValues? Find(PrefixKey key)
    {
        if (_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
        {
            Hits++;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.KeyValues.Share();
        }

        Misses++;
        PrefixKeyValues? keyValues = FolderOf(key)?.Read(key);
        if (keyValues is not null)
        {
            Keep(key, keyValues);
        }

        return keyValues;
    }

    /// <summary>Keeps a prefix that was not found and has been computed since.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="keyValues">Its keys and values; taken over.</param>
    /// <returns>Its entries, held by the caller; those of another sequence if it was faster.</returns>
    internal PrefixKeyValues Add(PrefixKey key, PrefixKeyValues keyValues)
    {
        Computed++;
        if (_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
        {
            keyValues.Dispose();
            return node.Value.KeyValues.Share();
        }

        try
        {
            FolderOf(key)?.Write(key, keyValues);
            Keep(key, keyValues);
            return keyValues;
        }
        catch
        {
            keyValues.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that a prefix is kept before it is needed: in the folder, or in memory if there is no
    /// folder.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="compute">Computes its keys and values.</param>
    /// <returns>Whether they were computed now; otherwise they were already kept and intact.</returns>
    /// <exception cref="LlocoException">They exceed the limits of the cache.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    internal bool Prepare(PrefixKey key, Func<PrefixKeyValues> compute)
    {
        PrefixFolder? folder = FolderOf(key);
        PrefixKeyValues? stored = folder?.Read(key);
        PrefixKeyValues? known = _entries.TryGetValue(key, out LinkedListNode<Entry>? node) ? node.Value.KeyValues.Share() : null;
        using PrefixKeyValues keyValues = stored ?? known ?? Compute(compute);
        if (stored is not null)
        {
            known?.Dispose();
        }

        folder?.Hold(key, keyValues);
        if (stored is null)
        {
            folder?.Save(key, keyValues);
        }

        if (node is null)
        {
            Keep(key, keyValues);
        }

        return folder is not null || Holds(key)
            ? stored is null && known is null
            : throw new LlocoException(
                $"The keys and values of the prefix take {keyValues.Bytes} bytes, and the prefix cache keeps {_maxBytes} in memory and has no "
                + $"folder. Allow more, or name a folder ({nameof(PrefixCacheOptions)}).");
    }

    /// <summary>Memories lie in the index already.</summary>
    private PrefixFolder? FolderOf(PrefixKey key) => key.IsMemory ? null : _folder;

    private PrefixKeyValues Compute(Func<PrefixKeyValues> compute)
    {
        PrefixKeyValues keyValues = compute();
        Computed++;
        return keyValues;
    }

    private void Keep(PrefixKey key, PrefixKeyValues keyValues)
    {
        // An entry larger than the limit would evict all others and then itself.
        if (keyValues.Bytes > _maxBytes)
        {
            return;
        }

        _entries.Add(key, _byUse.AddFirst(new Entry(key, keyValues.Share())));
        Bytes += keyValues.Bytes;
        while (Bytes > _maxBytes)
        {
            Drop(_byUse.Last!);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_byUse.Last is { } last)
        {
            Drop(last);
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        Bytes -= node.Value.KeyValues.Bytes;
        node.Value.KeyValues.Dispose();
    }

    private sealed record Entry(PrefixKey Key, PrefixKeyValues KeyValues);
}
