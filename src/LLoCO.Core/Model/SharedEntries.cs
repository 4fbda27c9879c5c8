using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/*
 *   sequences        [ stored entries ] a a a      all of them read the same entries and leave none of their own:
 *                    [ stored entries ] b b        what they read there is computed once, for all queries together,
 *                    [ stored entries ] c c c c    then each adds what it reads of itself
 */

/// <summary>Attention of several sequences behind the same stored entries, in one layer.</summary>
internal sealed class SharedEntries
{
    private readonly InferenceScript _script;
    private readonly Tensor _queries;
    private readonly long[] _lengths;
    private readonly double _factor;

    /// <summary>Attends to the stored entries.</summary>
    /// <param name="script">The functions.</param>
    /// <param name="sequences">Sequences for which <see cref="AreOf"/> holds.</param>
    /// <param name="queries">Their rotated queries, <c>[1, heads, rows, head]</c>.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="none">An empty tensor.</param>
    /// <param name="block">Entries at once.</param>
    /// <param name="factor">The factor of the scores.</param>
    internal SharedEntries(
        InferenceScript script, IReadOnlyList<SequenceRows> sequences, Tensor queries, int layer, Tensor none, long block, double factor)
    {
        (_script, _queries, _factor) = (script, queries, factor);
        _lengths = [.. sequences.Select(sequence => sequence.Rows)];
        KeyValueCache cache = sequences[0].Cache!;
        (Tensor Keys, Tensor Values)[] stored = [.. cache.Stored(layer)];
        (Read, Sums) = ((Tensor, Tensor))script.Invoke(
            "attend_stored", queries, Array.ConvertAll(stored, part => part.Keys), Array.ConvertAll(stored, part => part.Values),
            none, cache.Bias(layer) ?? none, block, factor);
    }

    /// <summary>Gets what the queries read there, <c>[1, heads, rows, head]</c>.</summary>
    internal Tensor Read { get; }

    /// <summary>Gets the logarithm of their sums of exponentials there, <c>[1, heads, rows]</c>.</summary>
    internal Tensor Sums { get; }

    /// <summary>Whether sequences read the same stored entries and add none.</summary>
    /// <param name="sequences">The sequences of a pass.</param>
    internal static bool AreOf(IReadOnlyList<SequenceRows> sequences) =>
        sequences[0].Cache is { Length: > 0 } cache && sequences.All(one => ReferenceEquals(one.Cache, cache) && one.Kept == 0);

    /// <summary>Adds what each sequence reads of itself.</summary>
    /// <param name="keys">The keys of all, <c>[1, kv heads, rows, head]</c>.</param>
    /// <param name="values">The values, same shape.</param>
    /// <returns><c>[rows, heads * head]</c>.</returns>
    internal Tensor Join(Tensor keys, Tensor values) => (Tensor)_script.Invoke(
        "attend_own", _queries, keys, values, tensor(_lengths, dtype: ScalarType.Int64), Read, Sums, _factor);
}
