using System.Runtime.InteropServices;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>The answers in progress, and the work between two of their tokens. Used on the model's thread only.</summary>
internal sealed class BatchSequences
{
    /// <summary>Started answers per place in the batch. Answers beyond the batch are paused by slow readers and keep their
    /// memory.</summary>
    private const int BegunPerSequence = 4;

    private readonly ISequenceEngine _engine;
    private readonly BatchOptions _options;
    private readonly WaitingSequences _waiting;
    private readonly PrefillQueue _prefill;
    private readonly List<AnswerSequence> _sequences = [];
    private readonly List<AnswerSequence> _ready = [];
    private readonly List<AnswerSequence> _together = [];
    private readonly List<SequenceToken> _tokens = [];

    /// <summary>Creates an empty batch.</summary>
    /// <param name="engine">Computes; disposed with the sequences.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="waiting">Where new sequences come from.</param>
    internal BatchSequences(ISequenceEngine engine, BatchOptions options, WaitingSequences waiting)
    {
        _engine = engine;
        _options = options;
        _waiting = waiting;
        _prefill = new PrefillQueue(engine, Begin, End);
    }

    /// <summary>Gets the steps so far.</summary>
    internal long Steps { get; private set; }

    /// <summary>Gets the tokens that steps have fed so far.</summary>
    internal long Fed { get; private set; }

    /// <summary>Runs until there is no work or other code waits for the model.</summary>
    /// <param name="goOn">Asked after each step.</param>
    /// <returns>Whether there is more to do.</returns>
    internal bool Advance(Func<bool> goOn)
    {
        do
        {
            EndCancelled();
            OpenWaiting();
            bool read = _prefill.Read(othersRun: CountReady() > 0);
            FindReady();
            if (_ready.Count > 0)
            {
                StepGroups();
            }
            else if (!read)
            {
                return false;
            }
        }
        while (goOn());
        return true;
    }

    private void EndCancelled()
    {
        _prefill.EndCancelled();
        for (int i = _sequences.Count - 1; i >= 0; i--)
        {
            if (_sequences[i].IsCancelled)
            {
                _sequences[i].EndCancelled();
                _sequences.RemoveAt(i);
            }
        }
    }

    /// <summary>Gives requests a place while there are any.</summary>
    private void OpenWaiting()
    {
        while (_sequences.Count + _prefill.Count < BegunPerSequence * _options.MaxSequences
            && CountReady() + _prefill.Count < _options.MaxSequences && _waiting.Take() is { } sequence)
        {
            _prefill.Add(sequence);
        }
    }

    /// <summary>Starts to answer after the prefill.</summary>
    private void Begin(AnswerSequence sequence, int place)
    {
        _sequences.Add(sequence);
        Take(sequence, _engine.Logits(place));
    }

    private int CountReady()
    {
        int ready = 0;
        foreach (AnswerSequence sequence in _sequences)
        {
            ready += sequence.HasRoom ? 1 : 0;
        }

        return ready;
    }

    /// <summary>Selects the sequences of the next step. If there are more sequences than places, those that step move to the end,
    /// so that all take turns.</summary>
    private void FindReady()
    {
        _ready.Clear();
        foreach (AnswerSequence sequence in _sequences)
        {
            if (sequence.HasRoom)
            {
                _ready.Add(sequence);
            }
        }

        if (_ready.Count > _options.MaxSequences)
        {
            _ready.RemoveRange(_options.MaxSequences, _ready.Count - _options.MaxSequences);
            foreach (AnswerSequence sequence in _ready)
            {
                _sequences.Remove(sequence);
                _sequences.Add(sequence);
            }
        }
    }

    /// <summary>Steps the ready sequences: together, unless they need different weights.</summary>
    private void StepGroups()
    {
        while (_ready.Count > 0)
        {
            SequenceGroup group = _ready[0].GroupIn(_engine);
            _together.Clear();
            for (int i = 0; i < _ready.Count; i++)
            {
                if (_ready[i].GroupIn(_engine) == group)
                {
                    _together.Add(_ready[i]);
                }
                else
                {
                    _ready[i - _together.Count] = _ready[i];
                }
            }

            _ready.RemoveRange(_ready.Count - _together.Count, _together.Count);
            Step(_together);
        }
    }

    private void Step(List<AnswerSequence> sequences)
    {
        _tokens.Clear();
        foreach (AnswerSequence sequence in sequences)
        {
            _tokens.Add(sequence.Token);
        }

        try
        {
            _engine.Step(CollectionsMarshal.AsSpan(_tokens));
        }
        catch (Exception) when (sequences.Count > 1)
        {
            // One of them causes the failure. They are repeated one by one, so only that one fails.
            foreach (AnswerSequence sequence in sequences.ToArray())
            {
                Step([sequence]);
            }

            return;
        }
        catch (Exception error)
        {
            End(sequences[0], error);
            return;
        }

        Steps++;
        Fed += sequences.Count;
        for (int i = 0; i < sequences.Count; i++)
        {
            Take(sequences[i], _engine.Logits(i));
        }
    }

    private void Take(AnswerSequence sequence, ReadOnlySpan<float> logits)
    {
        try
        {
            if (!sequence.Take(logits))
            {
                End(sequence, null);
            }
        }
        catch (Exception error)
        {
            End(sequence, error);
        }
    }

    private void End(AnswerSequence sequence, Exception? error)
    {
        _sequences.Remove(sequence);
        sequence.End(error);
    }

    /// <summary>Ends all sequences, takes no more, and releases the engine.</summary>
    /// <param name="reason">The error that readers get.</param>
    internal void EndAll(Exception reason)
    {
        _waiting.Close(reason);
        while (_waiting.Take() is { } sequence)
        {
            sequence.End(reason);
        }

        foreach (AnswerSequence sequence in _sequences)
        {
            sequence.End(reason);
        }

        _sequences.Clear();
        _prefill.EndAll(reason);
        _engine.Dispose();
    }
}
