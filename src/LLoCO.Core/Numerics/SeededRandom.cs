namespace LLoCO.Core.Numerics;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers for a seed on every platform and .NET version, which
/// <see cref="Random"/> does not promise.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The generator of a named part of a seed's corpus, independent of the other parts.</summary>
    internal static SeededRandom For(long seed, string part)
    {
        ulong state = Mix((ulong)seed ^ 0x5851F42D4C957F2DUL);
        foreach (char letter in part)
        {
            state = Mix(state ^ letter);
        }

        return new SeededRandom(state);
    }

    /// <summary>A number in <c>[0, limit)</c>.</summary>
    internal int Next(int limit) => (int)(((NextBits() >> 32) * (ulong)limit) >> 32);

    /// <summary>A number in <c>[0, 1)</c>.</summary>
    internal double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>One of the items.</summary>
    internal T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>Shuffles in place (Fisher-Yates).</summary>
    internal void Shuffle<T>(IList<T> items)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A well-mixed function of the bits.</summary>
    internal static ulong Mix(ulong bits)
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
