using LLoCO.Core;
using Orleans;

namespace LLoCO.Orleans.Jobs;

/// <content>How events become durable, and who may write them.</content>
internal sealed partial class JobGrain
{
    private async Task KeepAsync(IReadOnlyList<JobEvent> events)
    {
        try
        {
            await BecomeWriterAsync().ConfigureAwait(true);
            await store.AppendAsync(Id, _writer, [.. events.Select(one => one.Write())])
                .ConfigureAwait(true);
            await EnsureLastAsync().ConfigureAwait(true);
        }
        catch
        {
            // What is durable is not known any more: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }

        foreach (JobEvent happened in events)
        {
            _ledger.Apply(happened);
            if (_ledger.Find(happened.Unit) is { IsSetAside: true } unit)
            {
                Log.SetAside(logger, Id, unit.Id, unit.Reason);
            }
        }

        Tell();
        await MarkAsync().ConfigureAwait(true);
    }

    private async Task BecomeWriterAsync()
    {
        if (_ledger.Newer is { } fault)
        {
            DeactivateOnIdle();
            throw new LlocoException(fault);
        }

        // Whoever only looks at a job writes nothing, so that looking at old ones leaves no files.
        if (_writer == 0)
        {
            (_writer, IReadOnlyList<string> lines) = await store.OpenAsync(Id).ConfigureAwait(true);

            // What an earlier writer did before it could know of this one; its leases run from now.
            Replay(lines);
        }
    }

    /// <summary>In a split network, a job may have two activations, each with silos that call it. Only the last writer may give units away
    /// or prolong leases; an earlier one finds that out here, after it wrote and before it answers.</summary>
    private async Task EnsureLastAsync()
    {
        if (!await store.IsLastAsync(Id, _writer).ConfigureAwait(true))
        {
            DeactivateOnIdle();
            throw new LlocoException($"The job '{Id}' is kept by another silo now. Ask again.");
        }
    }

    private void Replay(IReadOnlyList<string> lines)
    {
        _ledger = new JobLedger(Id, options, clock);
        foreach (string line in lines)
        {
            if (JobEvent.Read(line) is { } happened)
            {
                _ledger.Apply(happened);
            }
        }
    }

    private async Task MarkAsync()
    {
        bool isEnded = _ledger.Describe().IsEnded;
        if (isEnded != _isMarkedClosed)
        {
            await store.MarkAsync(Id, isEnded).ConfigureAwait(true);
            _isMarkedClosed = isEnded;
            if (isEnded)
            {
                // Not waited for: the board may be asking this job at the moment.
                GrainFactory.GetGrain<IJobBoardGrain>(0).CloseAsync(Id).Ignore();
            }
        }
    }

    private void Tell()
    {
        TaskCompletionSource told = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        told.SetResult();
    }
}
