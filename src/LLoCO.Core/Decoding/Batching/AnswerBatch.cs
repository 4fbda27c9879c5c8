using System.Threading.Channels;
using LLoCO.Core.Runtime;

namespace LLoCO.Core.Decoding.Batching;

/*
 *   request ──► waiting ──► prompt ──► ┌ seq ┐ ──► channel ──► its reader
 *   request ──► (bounded)             │ seq │ ──► channel ──► its reader
 *   request ──►                        └ seq ┘ ──► channel ──► its reader
 *                                         │
 *                                  one step = one token for each sequence whose channel has room
 *
 * Continuous batching: between two steps sequences end, and requests begin. Steps are jobs of the model's thread, which ends a
 * job
 * when another one waits: compressing a document and answering questions take turns.
 */

/// <summary>Decodes the answers in progress together, one token each per step.</summary>
/// <remarks>Safe for concurrent use. An error in one sequence ends only that sequence.</remarks>
internal sealed class AnswerBatch : IAsyncDisposable
{
    private readonly ModelWorker _worker;
    private readonly WaitingSequences _waiting;
    private readonly BatchSequences _sequences;
    private readonly Task _pump;
    private volatile bool _closing;

    // Holds at most one signal that something has changed; further signals add no information.
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Creates an empty batch.</summary>
    /// <param name="worker">The model's thread; not disposed here.</param>
    /// <param name="engine">Computes; disposed with this object.</param>
    /// <param name="options">Checked options.</param>
    internal AnswerBatch(ModelWorker worker, ISequenceEngine engine, BatchOptions options)
    {
        _worker = worker;
        _waiting = new WaitingSequences(options.MaxWaiting);
        _sequences = new BatchSequences(engine, options, _waiting);
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Gets the steps so far, for tests and measurements.</summary>
    internal long Steps => _sequences.Steps;

    /// <summary>Gets the tokens that steps have fed so far: divided by <see cref="Steps"/>, this is the mean number of sequences
    /// per step.</summary>
    internal long Fed => _sequences.Fed;

    /// <summary>Takes a request.</summary>
    /// <param name="sequence">The sequence; it ends by itself, by its cancellation, or with this object.</param>
    /// <exception cref="QueueFullException">Too many wait.</exception>
    /// <exception cref="ObjectDisposedException">The batch has ended.</exception>
    internal void Enter(AnswerSequence sequence)
    {
        _waiting.Add(sequence);
        sequence.OnCancelled(Cancel);
        Wake();
    }

    /// <summary>Signals that a reader has taken a step of a sequence that may be paused.</summary>
    internal void Wake() => _changes.Writer.TryWrite(true);

    /// <summary>Ends all sequences and releases the engine.</summary>
    /// <returns>A task that completes when all sequences have ended.</returns>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _changes.Writer.TryComplete();
        await _pump.ConfigureAwait(false);
    }

    private void Cancel(AnswerSequence sequence)
    {
        if (_waiting.Remove(sequence))
        {
            sequence.EndCancelled();
        }
        else
        {
            Wake();
        }
    }

    private bool GoOn() => !_closing && !_worker.HasWaiting;

    private async Task PumpAsync()
    {
        try
        {
            while (await _changes.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                _changes.Reader.TryRead(out _);
                while (!_closing && await _worker.RunAsync(() => _sequences.Advance(GoOn), plain: true).ConfigureAwait(false))
                {
                }
            }

            var disposed = new ObjectDisposedException("The decoder has been disposed.", innerException: null);
            await _worker.RunAsync(() => _sequences.EndAll(disposed), plain: true).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // The model's thread has ended, so no other code uses the sequences.
            _sequences.EndAll(error);
        }
    }
}
