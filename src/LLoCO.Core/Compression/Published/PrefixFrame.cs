namespace LLoCO.Core.Compression.Published;

/*
 *   [ Before | Open | vectors of a document | Close | Open | vectors of the next | Close | After | prompt
 */

/// <summary>Vectors that stand around summary embeddings in the decoder, for models that were trained with them.</summary>
/// <param name="Width">Numbers of a vector.</param>
internal sealed record PrefixFrame(int Width)
{
    /// <summary>Nothing around them.</summary>
    internal static readonly PrefixFrame None = new(1);

    /// <summary>Gets what comes first, row by row.</summary>
    public float[] Before { get; init; } = [];

    /// <summary>Gets what precedes each document.</summary>
    public float[] Open { get; init; } = [];

    /// <summary>Gets what follows each document.</summary>
    public float[] Close { get; init; } = [];

    /// <summary>Gets what comes last.</summary>
    public float[] After { get; init; } = [];

    /// <summary>Gets the most slots that are read of a document's key/value memory; 0 for all.</summary>
    public int MemorySlots { get; init; }

    /// <summary>Gets where the key/value memories of several documents lie.</summary>
    public PrefixPlaces Places { get; init; }

    /// <summary>Gets the vectors that stand there once.</summary>
    public int Once => (Before.Length + After.Length) / Width;

    /// <summary>Gets the vectors of each document.</summary>
    public int EachDocument => (Open.Length + Close.Length) / Width;

    /// <summary>Counts the vectors around documents.</summary>
    /// <param name="documents">The documents; none needs nothing.</param>
    public int Count(int documents) => documents == 0 ? 0 : Once + (documents * EachDocument);

    /// <summary>Puts the vectors of documents into the frame.</summary>
    /// <param name="documents">The vectors of each, row by row.</param>
    public float[] Join(IReadOnlyList<float[]> documents)
    {
        var all = new List<float>(Before);
        foreach (float[] vectors in documents)
        {
            all.AddRange(Open);
            all.AddRange(vectors);
            all.AddRange(Close);
        }

        all.AddRange(After);
        return [.. all];
    }
}
