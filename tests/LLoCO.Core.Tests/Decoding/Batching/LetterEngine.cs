using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Batching;
using LLoCO.Core.Lora;

namespace LLoCO.Core.Tests.Decoding.Batching;

/// <summary>Counts up from the last token of the prompt, and remembers who was stepped together.</summary>
internal sealed class LetterEngine : ISequenceEngine
{
    private const int Vocabulary = 1000;
    private readonly SequenceTable<int> _names = new();
    private float[][] _logits = [];

    /// <summary>Gets the first prompt tokens of the rows of each step.</summary>
    public List<int[]> StepsOf { get; } = [];

    /// <summary>Gets the first prompt tokens of the requests in the order in which their prompts ended.</summary>
    public List<int> Begun { get; } = [];

    /// <summary>Gets how many answers are not closed.</summary>
    public int Alive => _names.Count;

    public bool Disposed { get; private set; }

    /// <summary>Gets what happens before a part of a prompt is read, by its first token.</summary>
    public Action<int>? BeforeBegin { get; init; }

    /// <summary>Gets what happens before a row is stepped, by its first prompt token and its last token.</summary>
    public Action<int, int>? BeforeStep { get; init; }

    /// <summary>Gets the first prompt tokens of the rows of each pass over prompts, with the tokens read.</summary>
    public List<(int Name, int Tokens)[]> Reads { get; } = [];

    /// <summary>Gets what was done, in order: a piece of a prefix, prompts, or a step.</summary>
    public List<string> Done { get; } = [];

    /// <summary>Gets which requests have a prefix that is not known, and in how many pieces it is read.</summary>
    public Dictionary<int, int> PrefixPieces { get; init; } = [];

    /// <summary>Gets what prompts are grouped by.</summary>
    public Func<int, int> PromptGroup { get; init; } = _ => 0;

    public SequenceHandle Open(DecodeRequest request, LoraAdapter? adapter) => _names.Add(request.Prompt.Span[0]);

    public void Close(SequenceHandle sequence) => _names.Remove(sequence);

    public bool NeedsPrefix(SequenceHandle sequence) => PrefixPieces.GetValueOrDefault(_names[sequence]) > 0;

    public void PrefillPrefix(SequenceHandle sequence)
    {
        PrefixPieces[_names[sequence]]--;
        Done.Add("prefix");
    }

    public SequenceGroup PromptGroupOf(SequenceHandle sequence) => new(PromptGroup(_names[sequence]));

    public void PrefillPrompts(ReadOnlySpan<PromptPart> parts)
    {
        foreach (PromptPart part in parts)
        {
            BeforeBegin?.Invoke(_names[part.Sequence]);
        }

        Reads.Add([.. parts.ToArray().Select(part => (_names[part.Sequence], part.Ids.Length))]);
        Done.Add("prompt");
        _logits = [.. parts.ToArray().Select(part => part.Ends ? After(part.Ids.Span[^1]) : [])];
        Begun.AddRange(parts.ToArray().Where(part => part.Ends).Select(part => _names[part.Sequence]));
    }

    public SequenceGroup GroupOf(SequenceHandle sequence) => default;

    public void Step(ReadOnlySpan<SequenceToken> rows)
    {
        foreach (SequenceToken row in rows)
        {
            BeforeStep?.Invoke(_names[row.Sequence], row.Id);
        }

        var names = new int[rows.Length];
        _logits = new float[rows.Length][];
        for (int i = 0; i < rows.Length; i++)
        {
            names[i] = _names[rows[i].Sequence];
            _logits[i] = After(rows[i].Id);
        }

        StepsOf.Add(names);
        Done.Add("step");
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
}
