using System.Runtime.CompilerServices;
using System.Text;

namespace LLoCO.Core.Tokenization.Unicode;

/// <summary>A set of code points, U+0000 to U+10FFFF, as one bit each. Immutable once it is built.</summary>
internal sealed class CodePointSet
{
    /// <summary>One more than the last code point.</summary>
    public const int End = 0x110000;

    private const int BasicWords = 0x10000 / 64;

    private readonly ulong[] _bits;

    private CodePointSet(ulong[] bits) => _bits = bits;

    /// <summary>Makes the set of the code points of some kinds.</summary>
    /// <param name="kinds">Each code point's kind, below 32.</param>
    /// <param name="mask">A bit for each kind that belongs to it.</param>
    public static CodePointSet OfKinds(ReadOnlySpan<byte> kinds, int mask)
    {
        ulong[] bits = new ulong[End / 64];
        for (int code = 0; code < End; code++)
        {
            bits[code >> 6] |= (ulong)(uint)((mask >> kinds[code]) & 1) << code;
        }

        return new CodePointSet(bits);
    }

    /// <summary>Makes a set from ranges.</summary>
    /// <param name="ranges">First and last code point of each.</param>
    public static CodePointSet Create(params ReadOnlySpan<(int First, int Last)> ranges)
    {
        ulong[] bits = new ulong[BasicWords];
        foreach ((int first, int last) in ranges)
        {
            if (last >= bits.Length * 64)
            {
                Array.Resize(ref bits, End / 64);
            }

            for (int code = first; code <= last; code++)
            {
                bits[code >> 6] |= 1UL << code;
            }
        }

        return new CodePointSet(bits);
    }

    /// <summary>Makes a set of one code point.</summary>
    public static CodePointSet Create(int code) => Create((code, code));

    /// <summary>Checks whether a code point belongs to the set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int code)
    {
        ulong[] bits = _bits;
        uint word = (uint)code >> 6;
        return word < (uint)bits.Length && ((bits[word] >> code) & 1) != 0;
    }

    /// <summary>Checks whether the character at a position belongs to the set.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">A position in it.</param>
    /// <param name="length">The character's length in UTF-16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ContainsAt(ReadOnlySpan<char> text, int position, out int length)
    {
        char first = text[position];
        length = 1;
        return !char.IsHighSurrogate(first) ? Contains(first) : ContainsPair(text, position, ref length);
    }

    public CodePointSet Or(CodePointSet other) => Combine(other, static (one, two) => one | two);

    public CodePointSet And(CodePointSet other) => Combine(other, static (one, two) => one & two);

    public CodePointSet Not()
    {
        ulong[] bits = new ulong[End / 64];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = i < _bits.Length ? ~_bits[i] : ulong.MaxValue;
        }

        return new CodePointSet(bits);
    }

    /// <summary>Lists the members in order.</summary>
    public IEnumerable<int> Members()
    {
        for (int word = 0; word < _bits.Length; word++)
        {
            for (ulong bits = _bits[word]; bits != 0; bits &= bits - 1)
            {
                yield return (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits);
            }
        }
    }

    private bool ContainsPair(ReadOnlySpan<char> text, int position, ref int length)
    {
        Rune.DecodeFromUtf16(text[position..], out Rune rune, out length);
        return Contains(rune.Value);
    }

    private CodePointSet Combine(CodePointSet other, Func<ulong, ulong, ulong> join)
    {
        ulong[] bits = new ulong[Math.Max(_bits.Length, other._bits.Length)];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = join(i < _bits.Length ? _bits[i] : 0, i < other._bits.Length ? other._bits[i] : 0);
        }

        return new CodePointSet(bits);
    }
}
