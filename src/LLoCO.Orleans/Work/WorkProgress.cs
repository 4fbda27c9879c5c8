namespace LLoCO.Orleans.Work;

/// <summary>The steps of a unit, written by the thread that computes and read by the one that tells. Safe for concurrent use.</summary>
internal sealed class WorkProgress
{
    private readonly Lock _lock = new();
    private (long Done, long All) _steps;

    /// <summary>Gets the steps done, and all of them; 0 as long as that is not known.</summary>
    public (long Done, long All) Steps
    {
        get
        {
            lock (_lock)
            {
                return _steps;
            }
        }
    }

    /// <summary>Notes steps.</summary>
    /// <param name="done">Steps done.</param>
    /// <param name="all">Steps in all.</param>
    public void Set(long done, long all)
    {
        lock (_lock)
        {
            _steps = (done, all);
        }
    }
}
