using LLoCO.Core.Families;

namespace LLoCO.Core.Model;

/// <summary>One sequence's share of a pass.</summary>
/// <param name="Cache">Its keys and values so far, or <see langword="null"/> for none to use and none to keep. Written to, not
/// committed.</param>
/// <param name="Rows">Its rows in the pass.</param>
/// <param name="Wanted">How many of its last rows the caller needs; the others only add their keys and values.</param>
internal readonly record struct SequenceRows(KeyValueCache? Cache, long Rows, long Wanted)
{
    /// <summary>Gets how many of the first rows go to the cache; all by default.</summary>
    internal long Kept { get; init; } = Rows;

    /// <summary>Gets the rows of a piece of those that are kept; 0, the default, for all rows as one piece.</summary>
    /// <remarks>Attention is summed piece by piece. A pass that continues from stored vectors gives the same bits as an
    /// uninterrupted one only if both sum the same pieces, in any number of passes.</remarks>
    internal long Piece { get; init; }

    /// <summary>Gets the position of the first row.</summary>
    internal long Start => Cache?.NextPosition ?? 0;

    /// <summary>Whether the sequence is rotated with the long factors of longrope; see <see cref="KeyValueStore.SetLong"/>.</summary>
    internal bool SetLong(RopeScaling scaling) => KeyValueStore.SetLong(scaling, Cache, Start + Rows);

    /// <summary>Finds the wanted rows of a pass.</summary>
    /// <param name="sequences">Its sequences in order.</param>
    internal static long[] FindWanted(IReadOnlyList<SequenceRows> sequences)
    {
        var rows = new List<long>();
        long end = 0;
        foreach (SequenceRows sequence in sequences)
        {
            end += sequence.Rows;
            for (long row = end - sequence.Wanted; row < end; row++)
            {
                rows.Add(row);
            }
        }

        return [.. rows];
    }

    /// <summary>The rows that attend to each other with a causal mask; all rows before them are read from the cache.</summary>
    internal IEnumerable<(long From, long Count)> Pieces()
    {
        long from = 0;
        while (Cache is not null && Piece > 0 && from < Kept)
        {
            long count = Math.Min(Piece, Kept - from);
            yield return (from, count);
            from += count;
        }

        if (from < Rows)
        {
            yield return (from, Rows - from);
        }
    }
}
