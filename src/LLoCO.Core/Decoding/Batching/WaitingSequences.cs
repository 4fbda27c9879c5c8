namespace LLoCO.Core.Decoding.Batching;

/// <summary>Bounded queue of requests that wait for a place in the batch: first come, first served. Safe for concurrent
/// use.</summary>
/// <remarks>It is a list, not a channel, because a cancelled request must free its place at once, wherever it is in the
/// queue.</remarks>
/// <param name="max">Maximum number of waiting requests.</param>
internal sealed class WaitingSequences(int max)
{
    private readonly LinkedList<AnswerSequence> _sequences = new();
    private readonly Lock _gate = new();
    private Exception? _closed;

    /// <summary>Puts a request at the end.</summary>
    /// <exception cref="QueueFullException">There is no place.</exception>
    internal void Add(AnswerSequence sequence)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                throw new ObjectDisposedException("The model has been disposed.", _closed);
            }

            if (_sequences.Count >= max)
            {
                throw new QueueFullException(_sequences.Count);
            }

            _sequences.AddLast(sequence);
        }
    }

    /// <summary>Takes the request that has waited longest; <see langword="null"/> where there is none.</summary>
    internal AnswerSequence? Take()
    {
        lock (_gate)
        {
            AnswerSequence? first = _sequences.First?.Value;
            if (first is not null)
            {
                _sequences.RemoveFirst();
            }

            return first;
        }
    }

    /// <summary>Takes a certain request out.</summary>
    /// <returns>Whether it was still waiting; then the caller must end it.</returns>
    internal bool Remove(AnswerSequence sequence)
    {
        lock (_gate)
        {
            return _sequences.Remove(sequence);
        }
    }

    /// <summary>Takes no more requests.</summary>
    /// <param name="reason">Why.</param>
    internal void Close(Exception reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
        }
    }
}
