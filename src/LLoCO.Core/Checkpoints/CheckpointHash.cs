using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Model;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// SHA-256 of a model: of the settings that change its numbers and of every weight, whatever files the weights lie in. The
/// same model has the same hash as one file or as shards, as safetensors or as <c>pytorch_model.bin</c>.
/// </summary>
public static class CheckpointHash
{
    /// <summary>Computes the hash. Weights are streamed, several at once; memory stays at some megabytes.</summary>
    /// <param name="config">The model's settings. Token ids, the native window and segment settings are left out: they change
    /// no number, or the fingerprint has them separately.</param>
    /// <param name="tensors">The weights. Left out are rotary tables (<c>rotary_emb.inv_freq</c>), which follow from the
    /// settings, and <c>lm_head.weight</c> where embeddings are tied.</param>
    /// <param name="cancellationToken">Checked before each weight.</param>
    /// <returns>64 lower-case hex digits.</returns>
    /// <exception cref="CheckpointFormatException">A file cannot be read.</exception>
    public static string Compute(LlamaConfig config, ITensorSource tensors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(tensors);
        TensorInfo[] weights =
        [
            .. tensors.Tensors.Values.Where(t => IsWeight(config, t.Name)).OrderBy(t => t.Name, StringComparer.Ordinal),
        ];

        // A hash of hashes: the weights can then be read on several cores, in any order.
        var lines = new string[weights.Length];
        try
        {
            var options = new ParallelOptions
            {
                MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, 8),
                CancellationToken = cancellationToken,
            };
            Parallel.For(0, weights.Length, options, i => lines[i] = Describe(weights[i], tensors));
        }
        catch (AggregateException errors) when (errors.InnerExceptions[0] is CheckpointFormatException first)
        {
            throw new CheckpointFormatException(first.File, first.Key, first.Fault, first);
        }

        string text = $"lloco-model-1\n{Describe(config)}\n{string.Join('\n', lines)}\n";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static bool IsWeight(LlamaConfig config, string name) =>
        !name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal)
        && !(config.TieWordEmbeddings && name == "lm_head.weight");

    private static string Describe(LlamaConfig config)
    {
        RopeScaling rope = config.RopeScaling;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{config.VocabularySize} {config.HiddenSize} {config.IntermediateSize} {config.Layers} {config.Heads} "
            + $"{config.KeyValueHeads} {config.HeadDimension} {config.NormEpsilon:R} {config.RopeTheta:R} "
            + $"{config.TieWordEmbeddings} {config.SummaryLength} {config.AccumulateSummary} {rope.Kind}")
            + Describe(rope);
    }

    /// <summary>Only what the rule looks at: the defaults of the other parameters must not tell equal models apart.</summary>
    private static string Describe(RopeScaling rope) => rope.Kind switch
    {
        RopeScalingKind.None => string.Empty,
        RopeScalingKind.Linear => string.Create(CultureInfo.InvariantCulture, $" {rope.Factor:R}"),
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $" {rope.Factor:R} {rope.LowFrequencyFactor:R} {rope.HighFrequencyFactor:R} {rope.OriginalMaxPositions}"),
    };

    private static string Describe(TensorInfo tensor, ITensorSource tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        tensors.CopyTo(tensor.Name, hash.AppendData);
        string digest = Convert.ToHexStringLower(hash.GetHashAndReset());

        // The length in front keeps a line feed within a name from passing for the next line.
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tensor.Name.Length}:{tensor.Name} {tensor.ElementType} [{string.Join(',', tensor.Shape)}] {digest}");
    }
}
