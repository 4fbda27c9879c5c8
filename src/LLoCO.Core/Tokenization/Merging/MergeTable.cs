using System.Numerics;

namespace LLoCO.Core.Tokenization.Merging;

/// <summary>
/// From a pair of token ids to the pair's rank and the id of both together. Open addressing; the hash is mixed with a number
/// drawn at start, so that a file cannot be made to collide.
/// </summary>
internal sealed class MergeTable
{
    private static readonly ulong Mixer = (ulong)Random.Shared.NextInt64() | 1;

    private ulong[] _keys;
    private ulong[] _values;
    private int _count;

    /// <summary>Makes an empty table.</summary>
    /// <param name="capacity">How many pairs are expected.</param>
    public MergeTable(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, capacity * 2));
        (_keys, _values) = (new ulong[size], new ulong[size]);
    }

    /// <summary>Adds a pair; a later one takes the place of an earlier.</summary>
    public void Add(int left, int right, int rank, int joined)
    {
        if (_count * 2 >= _keys.Length)
        {
            Grow();
        }

        Set(Key(left, right), ((ulong)(uint)rank << 32) | (uint)joined);
    }

    /// <summary>Looks a pair up.</summary>
    /// <param name="left">The left token.</param>
    /// <param name="right">The right token.</param>
    /// <param name="rank">Its rank: the least joins first.</param>
    /// <param name="joined">The id of both together.</param>
    public bool TryGet(int left, int right, out int rank, out int joined)
    {
        ulong key = Key(left, right);
        int mask = _keys.Length - 1;
        for (int slot = Slot(key);; slot = (slot + 1) & mask)
        {
            ulong found = _keys[slot];
            if (found == key)
            {
                ulong value = _values[slot];
                (rank, joined) = ((int)(value >> 32), (int)value);
                return true;
            }

            if (found == 0)
            {
                (rank, joined) = (int.MaxValue, -1);
                return false;
            }
        }
    }

    // Zero marks an empty slot, so ids count from one here.
    private static ulong Key(int left, int right) => ((ulong)(uint)(left + 1) << 32) | (uint)(right + 1);

    private int Slot(ulong key)
    {
        ulong mixed = (key ^ (key >> 29)) * Mixer;
        mixed ^= mixed >> 32;
        mixed *= Mixer;
        return (int)(mixed >> 33) & (_keys.Length - 1);
    }

    private void Set(ulong key, ulong value)
    {
        int mask = _keys.Length - 1;
        int slot = Slot(key);
        while (_keys[slot] != 0 && _keys[slot] != key)
        {
            slot = (slot + 1) & mask;
        }

        _count += _keys[slot] == 0 ? 1 : 0;
        (_keys[slot], _values[slot]) = (key, value);
    }

    private void Grow()
    {
        (ulong[] keys, ulong[] values) = (_keys, _values);
        (_keys, _values, _count) = (new ulong[keys.Length * 2], new ulong[keys.Length * 2], 0);
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] != 0)
            {
                Set(keys[i], values[i]);
            }
        }
    }
}
