using LLoCO.Core.Numerics;
using LLoCO.Core.Segments;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Training;

/// <summary>Cuts documents into segments of random lengths, so that a compressor does not get used to one (AutoCompressors, arXiv
/// 2305.14788, section 3.3).</summary>
/// <param name="length">Mean tokens of a segment.</param>
/// <param name="shortest">Shortest segment as a share of it.</param>
/// <param name="longest">Longest segment as a share of it.</param>
/// <param name="asRead">Cuts as documents are read later, in place of all that; <see langword="null"/> not to.</param>
internal sealed class SegmentCuts(int length, double shortest, double longest, Segmenter? asRead = null)
{
    /// <summary>The number of segments of a document.</summary>
    /// <param name="tokens">Its ids.</param>
    internal int Count(ReadOnlySpan<int> tokens) => asRead?.Cut(tokens).Count ?? Math.Max(1, (tokens.Length + length - 1) / length);

    /// <summary>The most tokens that any segment of a document can have.</summary>
    /// <param name="ids">Its ids.</param>
    internal int Longest(ReadOnlySpan<int> ids)
    {
        if (asRead is not null)
        {
            return Math.Min(ids.Length, length);
        }

        int tokens = ids.Length;
        int count = Count(ids);
        return Math.Min(tokens, (int)Math.Ceiling(tokens * longest / (longest + ((count - 1) * shortest))) + 1);
    }

    /// <summary>Cuts a document.</summary>
    /// <param name="tokens">Its ids.</param>
    /// <param name="random">Draws the lengths; equal ones with <see langword="null"/>.</param>
    internal int[][] Cut(ReadOnlySpan<int> tokens, SeededRandom? random)
    {
        if (asRead is not null)
        {
            return AsRead(tokens, asRead.Cut(tokens));
        }

        int count = Count(tokens);
        double[] shares = new double[count];
        for (int i = 0; i < count; i++)
        {
            shares[i] = random is null ? 1 : shortest + ((longest - shortest) * random.NextDouble());
        }

        double scale = tokens.Length / shares.Sum();
        var cuts = new int[count][];
        double end = 0;
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            end += shares[i] * scale;

            // Each segment has a token at least, and leaves one to each that follows.
            int stop = i == count - 1
                ? tokens.Length
                : Math.Clamp((int)Math.Round(end), start + 1, tokens.Length - (count - 1 - i));
            cuts[i] = tokens[start..stop].ToArray();
            start = stop;
        }

        return cuts;
    }

    private static int[][] AsRead(ReadOnlySpan<int> tokens, IReadOnlyList<int> lengths)
    {
        var cuts = new int[lengths.Count][];
        int start = 0;
        for (int i = 0; i < cuts.Length; i++)
        {
            cuts[i] = tokens.Slice(start, lengths[i]).ToArray();
            start += lengths[i];
        }

        return cuts;
    }
}
