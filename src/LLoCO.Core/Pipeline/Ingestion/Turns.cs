namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Serializes callers with the same key, in the order of their calls. Callers with other keys do not wait. Safe for
/// concurrent use.</summary>
internal sealed class Turns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _last = new(StringComparer.Ordinal);

    /// <summary>Waits for all earlier callers with the key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The turn; it ends when it is disposed.</returns>
    public async Task<IDisposable> TakeAsync(string key)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task? before;
        lock (_lock)
        {
            _last.TryGetValue(key, out before);
            _last[key] = end.Task;
        }

        if (before is not null)
        {
            await before.ConfigureAwait(false);
        }

        return new Turn(this, key, end);
    }

    private void End(string key, TaskCompletionSource end)
    {
        lock (_lock)
        {
            if (_last[key] == end.Task)
            {
                _last.Remove(key);
            }
        }

        end.SetResult();
    }

    private sealed class Turn(Turns turns, string key, TaskCompletionSource end) : IDisposable
    {
        public void Dispose() => turns.End(key, end);
    }
}
