namespace LLoCO.Core.Numerics;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers for a seed on every platform and .NET version, which
/// <see cref="Random"/> does not promise. Not for secrets.</summary>
/// <remarks>One thread at a time.</remarks>
/// <param name="seed">Where the sequence begins; equal seeds give equal sequences.</param>
public sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The generator of a named part of a seed's corpus, independent of the other parts: adding a part changes no
    /// other.</summary>
    /// <param name="seed">The corpus's seed.</param>
    /// <param name="part">The part's name; may be empty.</param>
    /// <returns>A new generator.</returns>
    public static SeededRandom For(long seed, string part)
    {
        ulong state = Mix((ulong)seed ^ 0x5851F42D4C957F2DUL);
        foreach (char letter in part)
        {
            state = Mix(state ^ letter);
        }

        return new SeededRandom(state);
    }

    /// <summary>Draws a whole number.</summary>
    /// <param name="limit">At least 1.</param>
    /// <returns>A number in <c>[0, limit)</c>, all equally likely to within 2^-32.</returns>
    public int Next(int limit) => (int)(((NextBits() >> 32) * (ulong)limit) >> 32);

    /// <summary>Draws a number with 53 random bits.</summary>
    /// <returns>A number in <c>[0, 1)</c>.</returns>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Draws one of several items.</summary>
    /// <typeparam name="T">Kind of the items.</typeparam>
    /// <param name="items">At least one.</param>
    /// <returns>One of them, all equally likely.</returns>
    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>Shuffles in place (Fisher-Yates).</summary>
    /// <typeparam name="T">Kind of the items.</typeparam>
    /// <param name="items">The items; any number.</param>
    public void Shuffle<T>(IList<T> items)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A well-mixed function of the bits: equal for equal bits, and otherwise without a pattern.</summary>
    /// <param name="bits">Any bits.</param>
    /// <returns>64 mixed bits.</returns>
    public static ulong Mix(ulong bits)
    {
        bits += 0x9E3779B97F4A7C15UL;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
        return bits ^ (bits >> 31);
    }

    private ulong NextBits()
    {
        ulong result = Mix(_state);
        _state += 0x9E3779B97F4A7C15UL;
        return result;
    }
}
