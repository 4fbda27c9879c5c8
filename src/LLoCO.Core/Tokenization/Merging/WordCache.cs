using System.Numerics;

namespace LLoCO.Core.Tokenization.Merging;

/// <summary>
/// Cache of the tokens of words. Each word has one slot, which a later word may overwrite, so memory is bounded and no lock is
/// needed. Safe for concurrent use.
/// </summary>
/// <param name="size">How many words it holds at most; a power of two.</param>
internal sealed class WordCache(int size = 1 << 16)
{
    /// <summary>Longer words rarely repeat.</summary>
    public const int LongestWord = 40;

    private readonly Entry?[] _entries = new Entry?[size];

    /// <summary>Gives the place of a word.</summary>
    public int PlaceOf(ReadOnlySpan<char> word)
    {
        uint hash = (uint)word.Length;
        foreach (char c in word)
        {
            hash = (BitOperations.RotateLeft(hash, 5) ^ c) * 0x9E3779B1;
        }

        return (int)((hash ^ (hash >> 15)) & (uint)(_entries.Length - 1));
    }

    /// <summary>Looks a word up.</summary>
    /// <param name="place">What <see cref="PlaceOf"/> gave.</param>
    /// <param name="word">The word.</param>
    /// <returns>Its tokens, or <see langword="null"/>.</returns>
    public Entry? Find(int place, ReadOnlySpan<char> word) =>
        Volatile.Read(ref _entries[place]) is { } entry && word.SequenceEqual(entry.Word) ? entry : null;

    /// <summary>Keeps a word.</summary>
    public void Keep(int place, Entry entry) => Volatile.Write(ref _entries[place], entry);

    /// <summary>A word and its tokens.</summary>
    /// <param name="Word">The word.</param>
    /// <param name="Ids">The tokens' ids.</param>
    /// <param name="Ends">Where each ends in the word.</param>
    public sealed record Entry(string Word, int[] Ids, int[] Ends);
}
