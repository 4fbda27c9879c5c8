using System.Collections.Concurrent;
using LLoCO.Core.Runtime;

namespace LLoCO.Core.Compression;

/*
 *   document A  ──segment──┐
 *   document B  ──segment──┼──► queue ──► one job of the model's thread: as many as fit the rows of a pass, in one pass
 *   document C  ──segment──┘
 *
 * Every segment queues a job, and every job takes at least one segment, so none waits for ever. A job takes those of other
 * documents along: short segments fill one pass together, and the model's weights are read once for all of them.
 */

/// <summary>Queue of segments of several documents, which one model compresses together.</summary>
/// <param name="model">The model; not disposed here.</param>
/// <param name="rows">Most rows of a pass; a longer segment goes alone. It bounds the memory of a pass.</param>
internal sealed class SegmentQueue(LoadedModel model, long rows = SegmentQueue.DefaultSequences)
{
    /// <summary>Default number of rows of a pass: one segment of the paper with its summaries, and enough for full
    /// speed.</summary>
    internal const long DefaultSequences = 2048;

    private readonly ConcurrentQueue<Waiting> _waiting = new();

    /// <summary>Gets the number of passes so far, for tests.</summary>
    internal long Passes { get; private set; }

    /// <summary>Encodes a document's next segment.</summary>
    /// <param name="run">The document; not in the queue already, and not disposed before the task has ended.</param>
    /// <param name="ids">Token ids, at least one.</param>
    /// <param name="cancellationToken">Removes the segment from the queue; if its pass has begun, it ends with the pass.</param>
    /// <returns>The segment's summary, row by row.</returns>
    internal async Task<float[]> NextAsync(CompressionRun run, ReadOnlyMemory<int> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiting = new Waiting(run, ids);
        _waiting.Enqueue(waiting);
        using CancellationTokenRegistration registration =
            cancellationToken.Register(() => waiting.TryCancel(cancellationToken));
        Task job = model.Worker.RunAsync(RunPass, CancellationToken.None);
        await Task.WhenAny(job, waiting.Done).ConfigureAwait(false);
        if (!waiting.Done.IsCompleted)
        {
            await job.ConfigureAwait(false);
        }

        return await waiting.Done.ConfigureAwait(false);
    }

    private void RunPass()
    {
        var taken = new List<Waiting>();
        long used = 0;
        while (_waiting.TryPeek(out Waiting? next) && (taken.Count == 0 || used + next.Rows <= rows))
        {
            // Jobs run one at a time, so the segment that was peeked at is still the first.
            _waiting.TryDequeue(out _);
            if (next.TryStart())
            {
                used += next.Rows;
                taken.Add(next);
            }
        }

        if (taken.Count == 0)
        {
            return;
        }

        Passes++;
        try
        {
            float[][] summaries = CompressionRun.Next(model.Model, [.. taken.Select(one => (one.Run, one.Ids))]);
            for (int i = 0; i < summaries.Length; i++)
            {
                taken[i].Complete(summaries[i]);
            }
        }
        catch (Exception error)
        {
            taken.ForEach(one => one.Fail(error));
        }
    }

    private sealed class Waiting(CompressionRun run, ReadOnlyMemory<int> ids)
    {
        private readonly TaskCompletionSource<float[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _decided;

        public CompressionRun Run => run;

        public ReadOnlyMemory<int> Ids => ids;

        public long Rows { get; } = run.RowsFor(ids.Length);

        public Task<float[]> Done => _done.Task;

        public bool TryStart() => Interlocked.Exchange(ref _decided, 1) == 0;

        public void TryCancel(CancellationToken cancellationToken)
        {
            if (TryStart())
            {
                _done.SetCanceled(cancellationToken);
            }
        }

        public void Complete(float[] summary) => _done.SetResult(summary);

        public void Fail(Exception error) => _done.SetException(error);
    }
}
