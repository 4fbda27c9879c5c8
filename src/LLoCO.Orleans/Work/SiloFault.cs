namespace LLoCO.Orleans.Work;

/// <summary>Why this silo must not go on, however often it tries: it is older than what it works on. Safe for concurrent use.</summary>
internal sealed class SiloFault
{
    private volatile Exception? _error;

    /// <summary>Gets the first error that was set.</summary>
    public Exception? Error => _error;

    /// <summary>Notes an error.</summary>
    /// <param name="error">The error.</param>
    public void Set(Exception error) => Interlocked.CompareExchange(ref _error, error, null);
}
