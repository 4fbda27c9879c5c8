namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Tells a caller's progress of the documents of one call: one report after the other, in order, so that it need not be
/// made for several threads. No lock is held meanwhile: what the caller does there may use the pipeline, and wait for it. Safe for
/// concurrent use.</summary>
/// <param name="target">The caller's progress, if any.</param>
internal sealed class ProgressReports(IProgress<IngestProgress>? target)
{
    private readonly Lock _lock = new();
    private readonly Queue<(IngestProgress Report, TaskCompletionSource Told)> _waiting = new();
    private bool _isTelling;

    /// <summary>Tells a report, here or on the thread that is telling others.</summary>
    /// <param name="report">The report.</param>
    /// <returns>Done when the caller was told; failed with what the caller threw.</returns>
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
                // The document that it was about fails with it, not the one on whose thread it was told.
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
