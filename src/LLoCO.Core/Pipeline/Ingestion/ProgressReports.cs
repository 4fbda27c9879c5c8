namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Reports the progress of one call to the caller's callback, one report after the other and in order, so the callback
/// need not be thread-safe. No lock is held during a callback, so it may use the pipeline and wait for it. Safe for concurrent
/// use.</summary>
/// <param name="target">The caller's progress, if any.</param>
internal sealed class ProgressReports(IProgress<IngestProgress>? target)
{
    private readonly Lock _lock = new();
    private readonly Queue<(IngestProgress Report, TaskCompletionSource Told)> _waiting = new();
    private bool _isTelling;

    /// <summary>Delivers a report, on this thread or on the thread that is delivering others.</summary>
    /// <param name="report">The report.</param>
    /// <returns>A task that completes after the callback, or fails with the callback's exception.</returns>
    public Task ReportAsync(IngestProgress report)
    {
        if (target is null)
        {
            return Task.CompletedTask;
        }

        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue((report, told));
            if (_isTelling)
            {
                return told.Task;
            }

            _isTelling = true;
        }

        while (TakeNext() is { } next)
        {
            try
            {
                target.Report(next.Report);
                next.Told.SetResult();
            }
            catch (Exception error)
            {
                // The document of the report fails with it, not the document whose thread delivers it.
                next.Told.SetException(error);
            }
        }

        return told.Task;
    }

    private (IngestProgress Report, TaskCompletionSource Told)? TakeNext()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out (IngestProgress Report, TaskCompletionSource Told) next))
            {
                return next;
            }

            _isTelling = false;
            return null;
        }
    }
}
