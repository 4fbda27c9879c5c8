namespace LLoCO.Server.Access;

/// <summary>Lets requests work, so many at once; the others wait, and the keys that wait take turns. With several keys, a quarter of the
/// places is left to the others of a key.</summary>
/// <param name="places">How many may work at once.</param>
/// <param name="keys">The number of keys.</param>
internal sealed class TurnQueue(int places, int keys)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _working = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, Queue<TaskCompletionSource> Waiting)> _round = [];
    private readonly int _most = keys > 1 ? Math.Max(1, places - (places / 4)) : places;
    private int _all;

    /// <summary>Waits for a turn.</summary>
    /// <param name="key">The name of the key.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that ends when the request may work; it must then be ended with <see cref="End"/>.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task BeginAsync(string key, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_all < places && _working.GetValueOrDefault(key) < _most && !IsWaiting(key))
            {
                Count(key, 1);
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Enqueue(key, turn);
        }

        using CancellationTokenRegistration leaving = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        await turn.Task.ConfigureAwait(false);
    }

    /// <summary>Ends a turn; the next one begins.</summary>
    /// <param name="key">The name of the key.</param>
    public void End(string key)
    {
        lock (_lock)
        {
            Count(key, -1);
            for (LinkedListNode<(string Key, Queue<TaskCompletionSource> Waiting)>? node = _round.First; node is not null && _all < places;)
            {
                LinkedListNode<(string Key, Queue<TaskCompletionSource> Waiting)>? next = node.Next;
                LetIn(node);
                node = next;
            }
        }
    }

    private void LetIn(LinkedListNode<(string Key, Queue<TaskCompletionSource> Waiting)> node)
    {
        (string key, Queue<TaskCompletionSource> waiting) = node.Value;
        if (_working.GetValueOrDefault(key) >= _most)
        {
            return;
        }

        // Those that have left are passed over.
        bool isIn = false;
        while (!isIn && waiting.TryDequeue(out TaskCompletionSource? turn))
        {
            isIn = turn.TrySetResult();
        }

        _round.Remove(node);
        if (waiting.Count > 0)
        {
            _round.AddLast(node);
        }

        if (isIn)
        {
            Count(key, 1);
        }
    }

    private bool IsWaiting(string key) => _round.Any(one => one.Key == key);

    private void Enqueue(string key, TaskCompletionSource turn)
    {
        foreach ((string known, Queue<TaskCompletionSource> waiting) in _round)
        {
            if (known == key)
            {
                waiting.Enqueue(turn);
                return;
            }
        }

        _round.AddLast((key, new Queue<TaskCompletionSource>([turn])));
    }

    private void Count(string key, int change)
    {
        _working[key] = _working.GetValueOrDefault(key) + change;
        _all += change;
    }
}
