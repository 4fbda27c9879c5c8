using LLoCO.Core.Numerics;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>The chances of one input: the same for its number on every machine.</summary>
/// <param name="name">What is fuzzed; two readers have nothing in common.</param>
/// <param name="input">Number of the input.</param>
internal sealed class Dice(string name, long input)
{
    private static readonly ulong[] Odd =
    [
        0, 1, 2, 3, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
        0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0xfffffffffffffff8, 100_000_000, 1UL << 40,
    ];

    private readonly SeededRandom _random = SeededRandom.For(input, name);

    /// <summary>A number in <c>[0, limit)</c>; 0 where there is none.</summary>
    public int Next(int limit) => limit <= 1 ? 0 : _random.Next(limit);

    /// <summary>True once in so many times.</summary>
    public bool Once(int times) => _random.Next(times) == 0;

    public T Pick<T>(IReadOnlyList<T> items) => _random.Pick(items);

    /// <summary>A number at a border of what fields hold, or one near <paramref name="value"/>.</summary>
    public ulong OddNumber(ulong value) => _random.Next(4) switch
    {
        0 => value + (ulong)_random.Next(17) - 8,
        1 => value << _random.Next(8),
        _ => _random.Pick(Odd),
    };

    /// <summary>Bytes of any value.</summary>
    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)_random.Next(256);
        }

        return bytes;
    }
}
