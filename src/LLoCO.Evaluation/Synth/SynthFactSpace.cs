using LLoCO.Core.Numerics;

namespace LLoCO.Evaluation.Synth;

/*
 * No two seeds share a fact, and none shares one with training. A record is (first name, surname, base value); there are
 * 256 * 512 * 32 = 2^22 of them per group. A bijection shuffles their numbers and deals them into 65,536 slots of 64 records.
 * Training has slots of its own. A seed takes the slot that its lower 12 bits name, and its upper bits, with the number of the
 * document, are written as middle names: where the slot is the same, the people are others.
 *
 * The value of relation r is (base + hash(person, r)) mod 32: one-to-one in the base for each person, so different records
 * never meet in a fact.
 */

/// <summary>Deals the facts of the practice corpus out to seeds, documents and training.</summary>
internal static class SynthFactSpace
{
    /// <summary>Records in a slot; each holds one fact per relation.</summary>
    internal const int RecordsPerSlot = 1 << (RecordBits - SlotBits);

    /// <summary>Documents of a group that a seed has.</summary>
    internal const int DocumentsPerSeed = 256;

    /// <summary>Slots that only training draws on.</summary>
    internal const int TrainingSlots = 60_000;

    private const int RecordBits = 22;
    private const int SlotBits = 16;
    private const int HalfBits = RecordBits / 2;
    private const int FirstTrainingSlot = 1000;
    private const int FirstSeedSlot = FirstTrainingSlot + TrainingSlots;
    private const int SeedBits = 12;

    /// <summary>The share of a document of a seed.</summary>
    internal static SynthShare OfSeed(int seed, int document) =>
        new(FirstSeedSlot + (seed & ((1 << SeedBits) - 1)), ((long)(seed >> SeedBits) * DocumentsPerSeed) + document);

    /// <summary>A share that no seed has.</summary>
    internal static SynthShare OfTraining(int slot, long names) => new(FirstTrainingSlot + slot, names);

    /// <summary>Gets a record of a share.</summary>
    /// <param name="group">The group's number.</param>
    /// <param name="share">Whose record.</param>
    /// <param name="number">The record, below <see cref="RecordsPerSlot"/>.</param>
    /// <returns>The person and a value for each relation.</returns>
    internal static (string Person, string Surname, int[] Values) Record(int group, SynthShare share, int number)
    {
        uint index = Shuffle((uint)((number << SlotBits) | share.Slot), group);
        int first = (int)(index & 0xFF);
        int surname = (int)((index >> 8) & 0x1FF);
        int start = (int)(index >> 17);
        string person = SynthLexicon.FirstNames[first];
        for (long rest = share.Names; rest > 0; rest >>= 8)
        {
            person += " " + SynthLexicon.FirstNames[rest & 0xFF];
        }

        int[] values = Enumerable.Range(0, SynthGroup.All[group].Relations.Length)
            .Select(relation => (start + Offset(first, surname, relation)) % SynthRelation.ValueCount)
            .ToArray();
        return (person + " " + SynthLexicon.Surnames[surname], SynthLexicon.Surnames[surname], values);
    }

    private static int Offset(int first, int surname, int relation) =>
        (int)(SeededRandom.Mix((ulong)((((first << 9) | surname) << 4) | relation)) % SynthRelation.ValueCount);

    /// <summary>A bijection on <c>[0, 2^22)</c>: four Feistel rounds over halves of 11 bits.</summary>
    private static uint Shuffle(uint index, int group)
    {
        const uint Mask = (1u << HalfBits) - 1;
        uint left = index >> HalfBits;
        uint right = index & Mask;
        for (int round = 0; round < 4; round++)
        {
            uint mixed = (uint)SeededRandom.Mix(((ulong)right << 8) | (uint)((group << 3) | round)) & Mask;
            (left, right) = (right, left ^ mixed);
        }

        return (left << HalfBits) | right;
    }
}

/// <summary>Where facts come from.</summary>
/// <param name="Slot">The slot of records, below 65,536.</param>
/// <param name="Names">The middle names of its people, a digit of base 256 each.</param>
internal readonly record struct SynthShare(int Slot, long Names);
