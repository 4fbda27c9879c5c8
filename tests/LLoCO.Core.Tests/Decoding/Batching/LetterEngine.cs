using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Batching;
using LLoCO.Core.Lora;

namespace LLoCO.Core.Tests.Decoding.Batching;

/// <summary>Counts up from the last token of the prompt, and remembers who was stepped together.</summary>
internal sealed class LetterEngine : IRowEngine
{
    private const int Vocabulary = 1000;
    private float[][] _logits = [];

    /// <summary>Gets the first prompt tokens of the rows of each step.</summary>
    public List<int[]> StepsOf { get; } = [];

    /// <summary>Gets the first prompt tokens of the requests in the order in which they began.</summary>
    public List<int> Begun { get; } = [];

    /// <summary>Gets how many states are not disposed.</summary>
    public int Alive { get; private set; }

    public bool Disposed { get; private set; }

    /// <summary>Gets what happens before a request begins, by its first prompt token.</summary>
    public Action<int>? BeforeBegin { get; init; }

    /// <summary>Gets what happens before a row is stepped, by its first prompt token and its last token.</summary>
    public Action<int, int>? BeforeStep { get; init; }

    public IDisposable Begin(DecodeRequest request, LoraAdapter? adapter)
    {
        int name = request.Prompt.Span[0];
        BeforeBegin?.Invoke(name);
        Begun.Add(name);
        Alive++;
        _logits = [After(request.Prompt.Span[^1])];
        return new States(this, name);
    }

    public object GroupOf(IDisposable states) => this;

    public void Step(ReadOnlySpan<RowToken> rows)
    {
        foreach (RowToken row in rows)
        {
            BeforeStep?.Invoke(((States)row.States).Name, row.Id);
        }

        var names = new int[rows.Length];
        _logits = new float[rows.Length][];
        for (int i = 0; i < rows.Length; i++)
        {
            names[i] = ((States)rows[i].States).Name;
            _logits[i] = After(rows[i].Id);
        }

        StepsOf.Add(names);
    }

    public ReadOnlySpan<float> Logits(int row) => _logits[row];

    public void Dispose() => Disposed = true;

    /// <summary>After 999 the logits are damaged.</summary>
    private static float[] After(int id)
    {
        float[] logits = new float[Vocabulary];
        if (id + 1 < Vocabulary)
        {
            logits[id + 1] = 9;
        }
        else
        {
            Array.Fill(logits, float.NaN);
        }

        return logits;
    }

    private sealed class States(LetterEngine engine, int name) : IDisposable
    {
        private bool _disposed;

        public int Name => _disposed ? throw new ObjectDisposedException(nameof(States)) : name;

        public void Dispose()
        {
            Assert.False(_disposed, "The states of a row were released twice.");
            _disposed = true;
            engine.Alive--;
        }
    }
}
