using LLoCO.Core.Tensors;

namespace LLoCO.Core.Runtime;

/// <summary>One piece of tensor work waiting for the model's thread.</summary>
internal abstract class WorkerJob
{
    /// <summary>Does the work, unless it was cancelled while it waited. Never throws: the caller's task gets the error.</summary>
    internal abstract void Run();
}

/// <summary>Tensor work with a result.</summary>
/// <typeparam name="T">The result; never a tensor of the job's own scope.</typeparam>
internal sealed class WorkerJob<T> : WorkerJob
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int Cancelled = 2;

    private readonly Func<T> _work;
    private readonly bool _gradients;
    private readonly bool _plain;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenRegistration _registration;

    // Continuations must not run on the model's thread: they would hold up every other request.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    internal WorkerJob(Func<T> work, bool gradients, bool plain, CancellationToken cancellationToken)
    {
        _work = work;
        _gradients = gradients;
        _plain = plain;
        _cancellationToken = cancellationToken;
        _registration = cancellationToken.Register(static job => ((WorkerJob<T>)job!).Cancel(), this);
    }

    /// <summary>Gets the result. Once the work has started it ends only when the work has ended: what the work uses may be
    /// released after this task, never before.</summary>
    internal Task<T> Completion => _completion.Task;

    /// <inheritdoc/>
    internal override void Run()
    {
        if (Interlocked.CompareExchange(ref _state, Started, Waiting) != Waiting)
        {
            return;
        }

        _registration.Unregister();
        try
        {
            using TorchMode mode = TorchMode.Begin(_gradients, needed: !_plain);
            _completion.SetResult(_work());
        }
        catch (OperationCanceledException error)
        {
            _completion.SetCanceled(error.CancellationToken);
        }
        catch (Exception error)
        {
            _completion.SetException(error);
        }
    }

    private void Cancel()
    {
        if (Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting)
        {
            _completion.SetCanceled(_cancellationToken);
        }
    }
}
