using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Projection;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Random inputs for measurements: times depend on their number, not on their content.</summary>
internal static class RandomContext
{
    /// <summary>Token ids.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same ids.</param>
    internal static int[] Ids(LlamaConfig config, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(config.VocabularySize))];
    }

    /// <summary>Summary vectors of a context.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="context">Tokens of the context.</param>
    /// <param name="count">How many vectors; whole segments.</param>
    internal static SummaryEmbeddings Summary(LlamaConfig config, int context, int count)
    {
        var random = new Random(context);
        var numbers = new float[count * config.HiddenSize];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (float)(random.NextDouble() - 0.5);
        }

        return SummaryEmbeddings.FromVectors(
            "context",
            numbers,
            config.HiddenSize,
            SummaryEncoding.BFloat16,
            [.. Enumerable.Range(0, count / config.SummaryLength).Select(i => new SegmentSummary(
                i, i * config.SegmentLength, config.SegmentLength, i * config.SummaryLength, config.SummaryLength))],
            new ModelFingerprint("random", "random", config.SegmentLength, config.SummaryLength, IdentityProjector.Name));
    }
}
