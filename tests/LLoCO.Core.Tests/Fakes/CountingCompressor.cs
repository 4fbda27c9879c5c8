using System.Runtime.CompilerServices;
using LLoCO.Core.Compression;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>
/// Segments of ten tokens become two vectors that depend on the segment and on every vector before it. Keeps a list of what it
/// compressed, and can stop in the middle.
/// </summary>
internal sealed class CountingCompressor : IContextCompressor
{
    public const int SegmentLength = 10;
    public const int VectorsPerSegment = 2;

    private readonly Lock _lock = new();
    private readonly List<string> _compressed = [];

    public ModelFingerprint Fingerprint { get; init; } = new("model", "characters", SegmentLength, VectorsPerSegment, "identity");

    public int Width => 4;

    /// <summary>Gets whether segments are ten times as long, so that sentences fit into them.</summary>
    public bool LongSegments { get; init; }

    /// <summary>Gets the segments compressed so far, as text.</summary>
    public IReadOnlyList<string> Compressed
    {
        get
        {
            lock (_lock)
            {
                return [.. _compressed];
            }
        }
    }

    /// <summary>Gets or sets what happens before a segment is compressed, given the number compressed so far.</summary>
    public Action<int>? Before { get; set; }

    /// <summary>Gets or sets what a segment waits for before it is compressed, by its text.</summary>
    public Func<string, Task>? Hold { get; set; }

    /// <summary>Gets or sets after how many segments it does nothing any more but wait until it is cancelled.</summary>
    public int StopsAfter { get; set; } = int.MaxValue;

    public IReadOnlyList<int> Cut(ReadOnlySpan<int> tokens)
    {
        var counts = new List<int>();
        int max = SegmentLength * (LongSegments ? 10 : 1);
        for (int left = tokens.Length; left > 0; left -= max)
        {
            counts.Add(Math.Min(left, max));
        }

        return counts;
    }

    /// <summary>Gets or sets a number that takes the place of the second one of every segment.</summary>
    public float? Spoil { get; set; }

    public async IAsyncEnumerable<float[]> CompressAsync(
        IReadOnlyList<ReadOnlyMemory<int>> segments,
        ReadOnlyMemory<float> earlier,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<float> seen = [.. earlier.Span];
        foreach (ReadOnlyMemory<int> segment in segments)
        {
            await Task.Yield();
            string text = new CharacterTokenizer().Decode(segment.ToArray());
            await (Hold?.Invoke(text) ?? Task.CompletedTask);
            Before?.Invoke(Compressed.Count);
            await Task.Delay(Compressed.Count >= StopsAfter ? Timeout.Infinite : 0, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var vectors = new float[VectorsPerSegment * Width];
            for (int i = 0; i < vectors.Length; i++)
            {
                // A third: not exact in bfloat16, so that rounding in between would show.
                vectors[i] = (segment.Span[i % segment.Length] / 3f) + (0.1f * seen.Sum()) + i;
            }

            vectors[1] = Spoil ?? vectors[1];
            seen.AddRange(vectors);
            lock (_lock)
            {
                _compressed.Add(text);
            }

            yield return vectors;
        }
    }
}
