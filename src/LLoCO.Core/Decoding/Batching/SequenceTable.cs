namespace LLoCO.Core.Decoding.Batching;

/// <summary>An engine's answers by their handles. One thread at a time.</summary>
/// <typeparam name="T">The engine's data of an answer.</typeparam>
internal sealed class SequenceTable<T>
{
    private readonly Dictionary<SequenceHandle, T> _sequences = [];
    private long _last;

    /// <summary>Gets how many there are.</summary>
    internal int Count => _sequences.Count;

    /// <summary>Gets an answer.</summary>
    /// <exception cref="InvalidOperationException">It was never added, or has been removed.</exception>
    internal T this[SequenceHandle handle] => _sequences.TryGetValue(handle, out T? sequence) ? sequence : throw Unknown(handle);

    /// <summary>Adds an answer.</summary>
    /// <returns>A handle that is never reused.</returns>
    internal SequenceHandle Add(T sequence)
    {
        var handle = new SequenceHandle(++_last);
        _sequences.Add(handle, sequence);
        return handle;
    }

    /// <summary>Takes an answer out.</summary>
    /// <returns>The answer.</returns>
    /// <exception cref="InvalidOperationException">It was never added, or has been removed.</exception>
    internal T Remove(SequenceHandle handle) => _sequences.Remove(handle, out T? sequence) ? sequence : throw Unknown(handle);

    private static InvalidOperationException Unknown(SequenceHandle handle) =>
        new($"There is no answer number {handle.Number} under way: it has ended.");
}
