using LLoCO.Core;

namespace LLoCO.Extensions.AI.Chat;

/// <summary>The turns of conversations, within limits. Safe for concurrent use.</summary>
/// <param name="options">The limits.</param>
/// <param name="clock">The time.</param>
internal sealed class ConversationTable(ConversationOptions options, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);

    // The one that was gone on with last stands last.
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>Finds the turns of a conversation.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="LlocoException">It is not known.</exception>
    public IReadOnlyList<ConversationTurn> Find(string id)
    {
        lock (_lock)
        {
            ForgetIdle();
            return _entries.TryGetValue(id, out LinkedListNode<Entry>? entry)
                ? entry.Value.Turns
                : throw new LlocoException(
                    $"There is no conversation '{id}': it is none of this client, or was forgotten. Begin a new one, without an id.");
        }
    }

    /// <summary>Keeps the turns of a conversation, in place of those before.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="turns">All turns, the oldest first.</param>
    public void Keep(string id, IReadOnlyList<ConversationTurn> turns)
    {
        lock (_lock)
        {
            if (_entries.Remove(id, out LinkedListNode<Entry>? before))
            {
                _byUse.Remove(before);
            }

            _entries.Add(id, _byUse.AddLast(new Entry(id, [.. turns.TakeLast(options.MaxTurns)], clock.GetTimestamp())));
            ForgetIdle();
            while (_entries.Count > options.MaxConversations)
            {
                ForgetFirst();
            }
        }
    }

    private void ForgetIdle()
    {
        TimeSpan most = TimeSpan.FromMinutes(options.MaxIdleMinutes);
        while (_byUse.First is { } first && clock.GetElapsedTime(first.Value.Used) > most)
        {
            ForgetFirst();
        }
    }

    private void ForgetFirst()
    {
        _entries.Remove(_byUse.First!.Value.Id);
        _byUse.RemoveFirst();
    }

    private sealed record Entry(string Id, IReadOnlyList<ConversationTurn> Turns, long Used);
}
