using System.Threading.Channels;

namespace LLoCO.Core.Runtime;

/*
 *   request A ──job──┐
 *   request B ──job──┤  bounded queue  ──►  one thread: dispose scope, inference mode, job, next job …
 *   request C ──job──┘        (first come, first served)
 *
 * libtorch's dispose scopes and gradient modes belong to a thread, and a model's operators already use all cores. So one
 * thread runs all tensor work of a model, in jobs that are small enough (one segment, one prompt, a few tokens) for
 * requests to take turns.
 */

/// <summary>The thread that owns a model: runs tensor jobs one at a time, in order of arrival.</summary>
/// <remarks>Safe for concurrent use. A job must not wait for another job of the same worker.</remarks>
internal sealed class ModelWorker : IAsyncDisposable
{
    private readonly Channel<WorkerJob> _queue;
    private readonly Action? _atEnd;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the thread.</summary>
    /// <param name="name">The thread's name, for debuggers.</param>
    /// <param name="capacity">Most jobs that wait; callers beyond it wait asynchronously for a place.</param>
    /// <param name="atEnd">Runs on the thread after the last job: releases what the jobs used.</param>
    internal ModelWorker(string name, int capacity = 64, Action? atEnd = null)
    {
        _atEnd = atEnd;
        _queue = Channel.CreateBounded<WorkerJob>(new BoundedChannelOptions(capacity) { SingleReader = true });
        var thread = new Thread(Work) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>Gets whether another job waits: a long job should then end and queue its rest again.</summary>
    internal bool HasWaiting => _queue.Reader.Count > 0;

    /// <summary>Runs work on the thread, in a dispose scope of its own.</summary>
    /// <typeparam name="T">The result; tensors in it must have left the scope.</typeparam>
    /// <param name="work">Synchronous tensor work.</param>
    /// <param name="cancellationToken">Removes the job from the queue; a job that has started runs to its end.</param>
    /// <param name="gradients">Whether autograd is on; default off, under <c>inference_mode</c>.</param>
    /// <param name="plain">Whether the work may do without libtorch: it calls <see cref="Tensors.TorchMode.Use"/> before it does
    /// not.</param>
    /// <returns>The work's result or its exception.</returns>
    /// <exception cref="ObjectDisposedException">The worker has ended.</exception>
    /// <exception cref="LlocoRuntimeException">libtorch is needed and cannot be used here.</exception>
    internal async Task<T> RunAsync<T>(
        Func<T> work, CancellationToken cancellationToken = default, bool gradients = false, bool plain = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var job = new WorkerJob<T>(work, gradients, plain, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(job, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException error)
        {
            throw new ObjectDisposedException("The model has been disposed.", error);
        }

        return await job.Completion.ConfigureAwait(false);
    }

    /// <summary>Runs work without a result; see <see cref="RunAsync{T}"/>.</summary>
    internal Task RunAsync(
        Action work, CancellationToken cancellationToken = default, bool gradients = false, bool plain = false) =>
        RunAsync(
            () =>
            {
                work();
                return true;
            },
            cancellationToken,
            gradients,
            plain);

    /// <summary>Takes no more jobs, lets those that wait run, and ends the thread.</summary>
    /// <returns>Done when the thread has ended and its resources are released.</returns>
    public ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        return new ValueTask(_ended.Task);
    }

    private void Work()
    {
        try
        {
            // Blocking is fine here, because this is a dedicated thread, not a pool thread.
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_queue.Reader.TryRead(out WorkerJob? job))
                {
                    job.Run();
                }
            }

            _atEnd?.Invoke();
            _ended.SetResult();
        }
        catch (Exception error)
        {
            _ended.SetException(error);
        }
    }
}
