using System.Runtime.InteropServices;

namespace LLoCO.Core.Decoding.Batching;

/*
 *   opened ──► prefix, where it is not known yet ──► prompt ──► first token
 *              piece by piece, the oldest first      up to so many tokens at a time, of all together
 *
 * One piece of a prefix or one share of prompts is read between two steps of the answers under way, in turn where both wait:
 * however long a prompt is, the others go on.
 */

/// <summary>Answers that have a place and whose prefix or prompt is not read to its end yet. Used on the model's thread only.</summary>
/// <param name="engine">Computes; not disposed here.</param>
/// <param name="read">Told of a prompt that has ended, with the place of its logits.</param>
/// <param name="failed">Told of a row that cannot be read.</param>
internal sealed class ReadingRows(IRowEngine engine, Action<AnswerRow, int> read, Action<AnswerRow, Exception> failed)
{
    /// <summary>Prompt tokens between two steps: more would make the answers under way wait noticeably.</summary>
    internal const int TokensPerStep = 256;

    /// <summary>Prompt tokens at once while nobody waits for a step.</summary>
    internal const int TokensAlone = 2048;

    private readonly List<AnswerRow> _rows = [];
    private readonly List<AnswerRow> _sharing = [];
    private readonly List<PromptPart> _parts = [];
    private bool _prefixWasRead;

    /// <summary>Gets how many there are.</summary>
    internal int Count => _rows.Count;

    /// <summary>Makes room for an answer.</summary>
    /// <param name="row">The row.</param>
    internal void Add(AnswerRow row)
    {
        try
        {
            row.Open(engine);
            _rows.Add(row);
        }
        catch (Exception error)
        {
            failed(row, error);
        }
    }

    /// <summary>Reads a piece of a prefix, or of prompts.</summary>
    /// <param name="othersRun">Whether answers under way wait for their next step.</param>
    /// <returns>Whether there was anything to read.</returns>
    internal bool Read(bool othersRun)
    {
        AnswerRow? prefix = _rows.Find(row => engine.NeedsPrefix(row.States));
        bool prompts = _rows.Exists(row => !engine.NeedsPrefix(row.States));
        _prefixWasRead = prefix is not null && !(prompts && _prefixWasRead);
        if (_prefixWasRead)
        {
            ReadPrefix(prefix!);
        }
        else if (prompts)
        {
            ReadPrompts(othersRun ? TokensPerStep : TokensAlone);
        }

        return _prefixWasRead || prompts;
    }

    /// <summary>Ends the rows that nobody wants any more.</summary>
    internal void EndCancelled()
    {
        foreach (AnswerRow row in _rows.FindAll(row => row.IsCancelled))
        {
            _rows.Remove(row);
            row.EndCancelled();
        }
    }

    /// <summary>Ends all rows.</summary>
    /// <param name="reason">What readers get.</param>
    internal void EndAll(Exception reason)
    {
        foreach (AnswerRow row in _rows)
        {
            row.End(reason);
        }

        _rows.Clear();
    }

    private void ReadPrefix(AnswerRow row)
    {
        try
        {
            engine.ReadPrefix(row.States);
        }
        catch (Exception error)
        {
            Fail(row, error);
        }
    }

    private void ReadPrompts(int most)
    {
        Share(most);
        while (_sharing.Count > 0)
        {
            object group = engine.PromptGroupOf(_sharing[0].States);
            List<AnswerRow> rows = _sharing.FindAll(row => engine.PromptGroupOf(row.States) == group);
            List<PromptPart> parts = _parts.FindAll(part => engine.PromptGroupOf(part.States) == group);
            _sharing.RemoveAll(rows.Contains);
            _parts.RemoveAll(parts.Contains);
            ReadTogether(rows, parts);
        }
    }

    /// <summary>Shares tokens out: half of them for whoever came first, so that nobody waits for ever; the rest for those whose
    /// prompt ends with it, so that a short question need not wait for a long one; what is left for the first again.</summary>
    private void Share(int most)
    {
        _sharing.Clear();
        _parts.Clear();
        int left = most;
        int kept = 0;
        foreach (AnswerRow row in _rows)
        {
            if (engine.NeedsPrefix(row.States))
            {
                continue;
            }

            int tokens = _sharing.Count == 0 ? Math.Min(row.Unread, most / 2) : row.Unread;
            if (tokens <= left)
            {
                kept = _sharing.Count == 0 ? tokens : kept;
                left -= tokens;
                _sharing.Add(row);
            }
        }

        foreach (AnswerRow row in _sharing)
        {
            _parts.Add(row.Part(_parts.Count == 0 ? kept + left : row.Unread));
        }
    }

    private void ReadTogether(List<AnswerRow> rows, List<PromptPart> parts)
    {
        try
        {
            engine.ReadPrompts(CollectionsMarshal.AsSpan(parts));
        }
        catch (Exception) when (rows.Count > 1)
        {
            // One of them is to blame; alone, it fails alone.
            for (int i = 0; i < rows.Count; i++)
            {
                ReadTogether([rows[i]], [parts[i]]);
            }

            return;
        }
        catch (Exception error)
        {
            Fail(rows[0], error);
            return;
        }

        for (int i = 0; i < rows.Count; i++)
        {
            rows[i].HasRead(parts[i]);
            if (parts[i].Ends)
            {
                _rows.Remove(rows[i]);
                read(rows[i], i);
            }
        }
    }

    private void Fail(AnswerRow row, Exception error)
    {
        _rows.Remove(row);
        failed(row, error);
    }
}
