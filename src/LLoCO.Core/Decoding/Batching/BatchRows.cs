using System.Runtime.InteropServices;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>The answers under way, and what happens between two of their tokens. Used on the model's thread only.</summary>
internal sealed class BatchRows
{
    /// <summary>Answers begun per row of the batch: those beyond it rest because their readers are slow, and keep
    /// memory.</summary>
    private const int BegunPerRow = 4;

    private readonly IRowEngine _engine;
    private readonly BatchOptions _options;
    private readonly WaitingRows _waiting;
    private readonly ReadingRows _reading;
    private readonly List<AnswerRow> _rows = [];
    private readonly List<AnswerRow> _ready = [];
    private readonly List<AnswerRow> _together = [];
    private readonly List<RowToken> _tokens = [];

    /// <summary>Creates an empty batch.</summary>
    /// <param name="engine">Computes; disposed with the rows.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="waiting">Where new rows come from.</param>
    internal BatchRows(IRowEngine engine, BatchOptions options, WaitingRows waiting)
    {
        _engine = engine;
        _options = options;
        _waiting = waiting;
        _reading = new ReadingRows(engine, Begin, End);
    }

    /// <summary>Gets the steps so far.</summary>
    internal long Steps { get; private set; }

    /// <summary>Gets the tokens that steps have fed so far.</summary>
    internal long Fed { get; private set; }

    /// <summary>Goes on until nothing can be done or somebody else waits for the model.</summary>
    /// <param name="goOn">Asked after each step.</param>
    /// <returns>Whether there is more to do.</returns>
    internal bool Advance(Func<bool> goOn)
    {
        do
        {
            EndCancelled();
            OpenWaiting();
            bool read = _reading.Read(othersRun: CountReady() > 0);
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
        _reading.EndCancelled();
        for (int i = _rows.Count - 1; i >= 0; i--)
        {
            if (_rows[i].IsCancelled)
            {
                _rows[i].EndCancelled();
                _rows.RemoveAt(i);
            }
        }
    }

    /// <summary>Gives requests a place while there are any.</summary>
    private void OpenWaiting()
    {
        while (_rows.Count + _reading.Count < BegunPerRow * _options.MaxRows
            && CountReady() + _reading.Count < _options.MaxRows && _waiting.Take() is { } row)
        {
            _reading.Add(row);
        }
    }

    /// <summary>Begins to answer: the prompt has been read.</summary>
    private void Begin(AnswerRow row, int place)
    {
        _rows.Add(row);
        Take(row, _engine.Logits(place));
    }

    private int CountReady()
    {
        int ready = 0;
        foreach (AnswerRow row in _rows)
        {
            ready += row.HasRoom ? 1 : 0;
        }

        return ready;
    }

    /// <summary>Finds the rows of the next step. Where there are more than places, those that step go to the end, so that all
    /// have their turn.</summary>
    private void FindReady()
    {
        _ready.Clear();
        foreach (AnswerRow row in _rows)
        {
            if (row.HasRoom)
            {
                _ready.Add(row);
            }
        }

        if (_ready.Count > _options.MaxRows)
        {
            _ready.RemoveRange(_options.MaxRows, _ready.Count - _options.MaxRows);
            foreach (AnswerRow row in _ready)
            {
                _rows.Remove(row);
                _rows.Add(row);
            }
        }
    }

    /// <summary>Steps the ready rows: together, unless they are computed with different weights.</summary>
    private void StepGroups()
    {
        while (_ready.Count > 0)
        {
            object group = _ready[0].GroupIn(_engine);
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

    private void Step(List<AnswerRow> rows)
    {
        _tokens.Clear();
        foreach (AnswerRow row in rows)
        {
            _tokens.Add(row.Token);
        }

        try
        {
            _engine.Step(CollectionsMarshal.AsSpan(_tokens));
        }
        catch (Exception) when (rows.Count > 1)
        {
            // One of them is to blame; alone, it fails alone.
            foreach (AnswerRow row in rows.ToArray())
            {
                Step([row]);
            }

            return;
        }
        catch (Exception error)
        {
            End(rows[0], error);
            return;
        }

        Steps++;
        Fed += rows.Count;
        for (int i = 0; i < rows.Count; i++)
        {
            Take(rows[i], _engine.Logits(i));
        }
    }

    private void Take(AnswerRow row, ReadOnlySpan<float> logits)
    {
        try
        {
            if (!row.Take(logits))
            {
                End(row, null);
            }
        }
        catch (Exception error)
        {
            End(row, error);
        }
    }

    private void End(AnswerRow row, Exception? error)
    {
        _rows.Remove(row);
        row.End(error);
    }

    /// <summary>Ends all rows, takes no more, and releases the engine.</summary>
    /// <param name="reason">What readers get.</param>
    internal void EndAll(Exception reason)
    {
        _waiting.Close(reason);
        while (_waiting.Take() is { } row)
        {
            row.End(reason);
        }

        foreach (AnswerRow row in _rows)
        {
            row.End(reason);
        }

        _rows.Clear();
        _reading.EndAll(reason);
        _engine.Dispose();
    }
}
