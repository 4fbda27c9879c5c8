using LLoCO.Core.Families;

namespace LLoCO.Training.Probing;

/// <summary>One segment of several contexts, row by row.</summary>
/// <param name="Batch">Rows; at least 1.</param>
/// <param name="Length">Tokens of each row, padding included; at least 1.</param>
/// <param name="Ids">Token ids, <c>[batch, length]</c>.</param>
public sealed record SegmentInput(int Batch, int Length, long[] Ids)
{
    /// <summary>Gets which tokens count, <c>[batch, length]</c>; all with <see langword="null"/>, the default. Others take no
    /// position and are seen by nobody.</summary>
    public bool[]? Keep { get; init; }

    /// <summary>Gets the summary vectors of earlier segments, <c>[batch, vectors, hidden]</c>, as many in each row;
    /// <see langword="null"/> for none, the default.</summary>
    public float[]? Softprompt { get; init; }

    /// <summary>Gets whether the segment's own summary is asked for. Default: yes.</summary>
    public bool Summarise { get; init; } = true;

    internal void EnsureFits(LlamaConfig config)
    {
        if (Batch < 1 || Length < 1 || Ids.Length != (long)Batch * Length || (Keep is { } keep && keep.Length != Ids.Length))
        {
            throw new ArgumentException($"A segment of {Batch} x {Length} tokens has {Ids.Length} ids; all rows must be whole.");
        }

        if (Softprompt is { } vectors && vectors.Length % ((long)Batch * config.HiddenSize) != 0)
        {
            throw new ArgumentException(
                $"{vectors.Length} numbers are not whole summary vectors of width {config.HiddenSize} for {Batch} rows.");
        }

        TokenIds.EnsureKnown(Ids, config);
    }
}

/// <summary>What a segment's pass gave.</summary>
/// <param name="Logits">Logits at the tokens, <c>[batch, length, vocabulary]</c>.</param>
/// <param name="Summary">The summaries, <c>[batch, summary length, hidden]</c>; <see langword="null"/> where none were asked
/// for.</param>
public sealed record SegmentNumbers(NamedNumbers Logits, NamedNumbers? Summary);
