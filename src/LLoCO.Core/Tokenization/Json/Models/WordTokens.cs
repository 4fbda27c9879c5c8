namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>The tokens of one word, while they are made.</summary>
internal sealed class WordTokens
{
    private int[] _ids = new int[64];
    private int[] _ends = new int[64];

    /// <summary>Gets the number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the ids.</summary>
    public Span<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Gets where each token ends in the word. One that shares its character with the token before ends where that
    /// does.</summary>
    public Span<int> Ends => _ends.AsSpan(0, Count);

    public void Clear() => Count = 0;

    /// <summary>Drops the tokens behind a number of them.</summary>
    public void Truncate(int count) => Count = count;

    public void Add(int id, int end)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _ends, Count * 2);
        }

        (_ids[Count], _ends[Count]) = (id, end);
        Count++;
    }

    public void Add(ReadOnlySpan<int> ids, ReadOnlySpan<int> ends)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            Add(ids[i], ends[i]);
        }
    }
}
