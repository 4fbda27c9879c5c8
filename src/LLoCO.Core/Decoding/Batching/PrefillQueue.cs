using System.Runtime.InteropServices;

namespace LLoCO.Core.Decoding.Batching;

/*
 *   opened ──► prefix, where it is not known yet ──► prompt ──► first token
 *              piece by piece, the oldest first      up to so many tokens at a time, of all together
 *
 * One piece of a prefix or one share of prompts is read between two steps of the answers under way, in turn where both wait:
 * however long a prompt is, the others go on.
 */

/// <summary>Answers that have a place in the batch and whose prefill is not complete. Used on the model's thread only.</summary>
/// <param name="engine">Computes; not disposed here.</param>
/// <param name="read">Called when the prefill of a prompt is complete, with the index of its logits.</param>
/// <param name="failed">Called for a sequence whose prefill failed.</param>
internal sealed class PrefillQueue(ISequenceEngine engine, Action<AnswerSequence, int> read, Action<AnswerSequence, Exception> failed)
{
    /// <summary>Prompt tokens between two steps: more would noticeably delay the answers in progress.</summary>
    internal const int TokensPerStep = 256;

    /// <summary>Prompt tokens per pass while no answer waits for a step.</summary>
    internal const int TokensAlone = 2048;

    private readonly List<AnswerSequence> _sequences = [];
    private readonly List<AnswerSequence> _sharing = [];
    private readonly List<PromptPart> _parts = [];
    private bool _prefixWasLast;

    /// <summary>Gets how many there are.</summary>
    internal int Count => _sequences.Count;

    /// <summary>Makes room for an answer.</summary>
    /// <param name="sequence">The sequence.</param>
    internal void Add(AnswerSequence sequence)
    {
        try
        {
            sequence.Open(engine);
            _sequences.Add(sequence);
        }
        catch (Exception error)
        {
            failed(sequence, error);
        }
    }

    /// <summary>Prefills a piece of a prefix, or of prompts.</summary>
    /// <param name="othersRun">Whether answers in progress wait for their next step.</param>
    /// <returns>Whether there was anything to prefill.</returns>
    internal bool Read(bool othersRun)
    {
        AnswerSequence? prefix = _sequences.Find(sequence => engine.NeedsPrefix(sequence.Handle));
        bool prompts = _sequences.Exists(sequence => !engine.NeedsPrefix(sequence.Handle));
        _prefixWasLast = prefix is not null && !(prompts && _prefixWasLast);
        if (_prefixWasLast)
        {
            PrefillPrefix(prefix!);
        }
        else if (prompts)
        {
            PrefillPrompts(othersRun ? TokensPerStep : TokensAlone);
        }

        return _prefixWasLast || prompts;
    }

    /// <summary>Ends the sequences that were cancelled or whose readers have left.</summary>
    internal void EndCancelled()
    {
        foreach (AnswerSequence sequence in _sequences.FindAll(sequence => sequence.IsCancelled))
        {
            _sequences.Remove(sequence);
            sequence.EndCancelled();
        }
    }

    /// <summary>Ends all sequences.</summary>
    /// <param name="reason">The error that readers get.</param>
    internal void EndAll(Exception reason)
    {
        foreach (AnswerSequence sequence in _sequences)
        {
            sequence.End(reason);
        }

        _sequences.Clear();
    }

    private void PrefillPrefix(AnswerSequence sequence)
    {
        try
        {
            engine.PrefillPrefix(sequence.Handle);
        }
        catch (Exception error)
        {
            Fail(sequence, error);
        }
    }

    private void PrefillPrompts(int max)
    {
        Share(max);
        while (_sharing.Count > 0)
        {
            SequenceGroup group = engine.PromptGroupOf(_sharing[0].Handle);
            List<AnswerSequence> sequences = _sharing.FindAll(sequence => engine.PromptGroupOf(sequence.Handle) == group);
            List<PromptPart> parts = _parts.FindAll(part => engine.PromptGroupOf(part.Sequence) == group);
            _sharing.RemoveAll(sequences.Contains);
            _parts.RemoveAll(parts.Contains);
            PrefillTogether(sequences, parts);
        }
    }

    /// <summary>Distributes the tokens of a pass. Half of them go to the oldest prompt, so that none waits forever. The rest goes
    /// to prompts that end within it, so that a short question need not wait for a long one. The remainder goes to the oldest
    /// again.</summary>
    private void Share(int max)
    {
        _sharing.Clear();
        _parts.Clear();
        int left = max;
        int kept = 0;
        foreach (AnswerSequence sequence in _sequences)
        {
            if (engine.NeedsPrefix(sequence.Handle))
            {
                continue;
            }

            int tokens = _sharing.Count == 0 ? Math.Min(sequence.Unread, max / 2) : sequence.Unread;
            if (tokens <= left)
            {
                kept = _sharing.Count == 0 ? tokens : kept;
                left -= tokens;
                _sharing.Add(sequence);
            }
        }

        foreach (AnswerSequence sequence in _sharing)
        {
            _parts.Add(sequence.Part(_parts.Count == 0 ? kept + left : sequence.Unread));
        }
    }

    private void PrefillTogether(List<AnswerSequence> sequences, List<PromptPart> parts)
    {
        try
        {
            engine.PrefillPrompts(CollectionsMarshal.AsSpan(parts));
        }
        catch (Exception) when (sequences.Count > 1)
        {
            // One of them causes the failure. They are repeated one by one, so only that one fails.
            for (int i = 0; i < sequences.Count; i++)
            {
                PrefillTogether([sequences[i]], [parts[i]]);
            }

            return;
        }
        catch (Exception error)
        {
            Fail(sequences[0], error);
            return;
        }

        for (int i = 0; i < sequences.Count; i++)
        {
            sequences[i].MarkPrefilled(parts[i]);
            if (parts[i].Ends)
            {
                _sequences.Remove(sequences[i]);
                read(sequences[i], i);
            }
        }
    }

    private void Fail(AnswerSequence sequence, Exception error)
    {
        _sequences.Remove(sequence);
        failed(sequence, error);
    }
}
