using LLoCO.Core.Model;

namespace LLoCO.Core.Decoding;

/// <summary>
/// Keys and values of summary prefixes, so that a second question to the same documents pays for its own tokens only. Bounded
/// by bytes; what was not used for longest goes first.
/// </summary>
/// <remarks>Belongs to one model and is used on that model's thread only.</remarks>
internal sealed class PrefixCache : IDisposable
{
    private readonly long _maxBytes;
    private readonly Dictionary<PrefixKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>Creates an empty cache.</summary>
    /// <param name="maxBytes">Most bytes of keys and values; 0 keeps nothing.</param>
    internal PrefixCache(long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        _maxBytes = maxBytes;
    }

    /// <summary>Gets the bytes in use.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Gets the prefixes held.</summary>
    internal int Count => _entries.Count;

    /// <summary>Gets how many prefixes were found here.</summary>
    internal long Hits { get; private set; }

    /// <summary>Gets how many were not.</summary>
    internal long Misses { get; private set; }

    /// <summary>Finds a prefix.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>Its states, to copy from before the job ends, or <see langword="null"/>.</returns>
    internal KeyValueCache? Find(PrefixKey key)
    {
        if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
        {
            Misses++;
            return null;
        }

        Hits++;
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value.States;
    }

    /// <summary>Gets whether a prefix of that size may be kept at all.</summary>
    internal bool Admits(long bytes) => bytes <= _maxBytes;

    /// <summary>Keeps a prefix and drops others until all fit.</summary>
    /// <param name="key">Its key; not held yet.</param>
    /// <param name="states">Its states, admitted by <see cref="Admits"/>; disposed by this cache from now on.</param>
    internal void Add(PrefixKey key, KeyValueCache states)
    {
        _entries.Add(key, _byUse.AddFirst(new Entry(key, states)));
        Bytes += states.Bytes;
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
        Bytes -= node.Value.States.Bytes;
        node.Value.States.Dispose();
    }

    private sealed record Entry(PrefixKey Key, KeyValueCache States);
}
