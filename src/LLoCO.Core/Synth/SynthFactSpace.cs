namespace LLoCO.Core.Synth;

/*
 * No two seeds share a fact. A record is (first name, surname, base value); there are 256 * 512 * 32 = 2^22 of them per
 * group. A bijection shuffles their numbers, and the lower 16 bits of the seed own every 65,536th of them: 64 records. The
 * value of relation r is (base + hash(person, r)) mod 32: one-to-one in the base for each person, so different records never
 * meet in a fact. Seeds above 65,535 write their upper bits as middle names, so their people differ altogether.
 */

/// <summary>Deals the facts of the practice corpus out to seeds.</summary>
internal static class SynthFactSpace
{
    /// <summary>Records that a seed owns in each group; each holds one fact per relation.</summary>
    internal const int RecordsPerSeed = 1 << (RecordBits - SeedBits);

    private const int RecordBits = 22;
    private const int SeedBits = 16;
    private const int HalfBits = RecordBits / 2;

    /// <summary>Gets a record of a seed.</summary>
    /// <param name="group">The group's number.</param>
    /// <param name="seed">Any seed from 0.</param>
    /// <param name="number">The record, below <see cref="RecordsPerSeed"/>.</param>
    /// <returns>The person and a value for each relation.</returns>
    internal static (string Person, string Surname, int[] Values) Record(int group, int seed, int number)
    {
        uint index = Shuffle((uint)((number << SeedBits) | (seed & 0xFFFF)), group);
        int first = (int)(index & 0xFF);
        int surname = (int)((index >> 8) & 0x1FF);
        int start = (int)(index >> 17);
        string person = SynthLexicon.FirstNames[first];
        for (int rest = seed >> SeedBits; rest > 0; rest >>= 8)
        {
            person += " " + SynthLexicon.FirstNames[rest & 0xFF];
        }

        int[] values = Enumerable.Range(0, SynthGroup.All[group].Relations.Length)
            .Select(relation => (start + Offset(first, surname, relation)) % SynthRelation.ValueCount)
            .ToArray();
        return (person + " " + SynthLexicon.Surnames[surname], SynthLexicon.Surnames[surname], values);
    }

    private static int Offset(int first, int surname, int relation) =>
        (int)(SynthRandom.Mix((ulong)((((first << 9) | surname) << 4) | relation)) % SynthRelation.ValueCount);

    /// <summary>A bijection on <c>[0, 2^22)</c>: four Feistel rounds over halves of 11 bits.</summary>
    private static uint Shuffle(uint index, int group)
    {
        const uint Mask = (1u << HalfBits) - 1;
        uint left = index >> HalfBits;
        uint right = index & Mask;
        for (int round = 0; round < 4; round++)
        {
            uint mixed = (uint)SynthRandom.Mix(((ulong)right << 8) | (uint)((group << 3) | round)) & Mask;
            (left, right) = (right, left ^ mixed);
        }

        return (left << HalfBits) | right;
    }
}
