using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

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

        return new SummaryEmbeddings(
            "context",
            count,
            config.HiddenSize,
            SummaryEncoding.BFloat16,
            SummaryPayload.Encode(numbers, config.HiddenSize, SummaryEncoding.BFloat16),
            SegmentMap.FromCounts(Enumerable.Repeat((config.SegmentLength, config.SummaryLength), count / config.SummaryLength)),
            new ModelFingerprint("random", "random", config.SegmentLength, config.SummaryLength, ModelFingerprint.IdentityProjector));
    }

    /// <summary>Puts random bf16 keys and values into an empty cache.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="positions">How many positions.</param>
    internal static void Fill(KeyValueCache cache, LlamaConfig config, int positions)
    {
        const int Block = 1024;
        using DisposeScope scope = NewDisposeScope();
        Tensor block = randn([1, config.KeyValueHeads, Block, config.HeadDimension]).to(ScalarType.BFloat16);
        for (int start = 0; start < positions; start += Block)
        {
            int count = Math.Min(Block, positions - start);
            using Tensor part = block.narrow(2, 0, count);
            for (int layer = 0; layer < config.Layers; layer++)
            {
                cache.Write(layer, part, part);
            }

            cache.Commit(count);
        }
    }
}
