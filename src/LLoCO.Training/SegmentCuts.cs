using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Training;

/// <summary>Cuts documents into segments of random lengths, so that a compressor does not get used to one (AutoCompressors, arXiv
/// 2305.14788, section 3.3).</summary>
/// <param name="length">Mean tokens of a segment.</param>
/// <param name="shortest">Shortest segment as a share of it.</param>
/// <param name="longest">Longest segment as a share of it.</param>
internal sealed class SegmentCuts(int length, double shortest, double longest)
{
    /// <summary>The number of segments of a document, independent of their lengths.</summary>
    internal int Count(int tokens) => Math.Max(1, (tokens + length - 1) / length);

    /// <summary>The most tokens that any segment of a document can have.</summary>
    internal int Longest(int tokens)
    {
        int count = Count(tokens);
        return Math.Min(tokens, (int)Math.Ceiling(tokens * longest / (longest + ((count - 1) * shortest))) + 1);
    }

    /// <summary>Cuts a document.</summary>
    /// <param name="tokens">Its ids.</param>
    /// <param name="random">Draws the lengths; equal ones with <see langword="null"/>.</param>
    internal int[][] Cut(ReadOnlySpan<int> tokens, SeededRandom? random)
    {
        int count = Count(tokens.Length);
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
}
