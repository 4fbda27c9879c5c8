using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>Computes the hash of a model while its weights are read, in any order and from several threads.</summary>
/// <remarks>
/// The hash is always computed from the loaded bytes, and not stored. A stored hash, checked by the sizes and times of the files,
/// would save less time than reading costs, and could not be trusted: sizes and times stay the same if a file is replaced by
/// another of the same shape with its time kept, and anyone with write access to the folder could change the hash. Documents
/// compressed by such a model would carry another model's fingerprint, which is the silent error that fingerprints exist to
/// prevent.
/// </remarks>
/// <param name="config">The model's settings.</param>
internal sealed class CheckpointDigest(LlamaConfig config)
{
    private readonly ConcurrentDictionary<string, string> _lines = new(StringComparer.Ordinal);

    /// <summary>Whether a tensor changes what the model computes.</summary>
    internal bool Covers(TensorInfo tensor) =>
        !tensor.Name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal)
        && !(config.TieWordEmbeddings && tensor.Name == "lm_head.weight");

    /// <summary>Reads a weight for the hash alone.</summary>
    internal void Add(TensorInfo tensor, ITensorSource source)
    {
        using IncrementalHash hash = Begin();
        source.CopyTo(tensor.Name, hash.AppendData);
        Add(tensor, hash);
    }

    /// <summary>Starts the hash of one weight; its reader appends the bytes.</summary>
    internal static IncrementalHash Begin() => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Takes the hash of one weight.</summary>
    /// <param name="tensor">The weight, as it is stored.</param>
    /// <param name="hash">All of its stored bytes.</param>
    internal void Add(TensorInfo tensor, IncrementalHash hash)
    {
        string digest = Convert.ToHexStringLower(hash.GetHashAndReset());

        // The length in front keeps a line feed within a name from passing for the next line.
        _lines[tensor.Name] = string.Create(
            CultureInfo.InvariantCulture,
            $"{tensor.Name.Length}:{tensor.Name} {tensor.ElementType} [{string.Join(',', tensor.Shape)}] {digest}");
    }

    /// <summary>Gives the hash of all that was added.</summary>
    /// <returns>64 lower-case hex digits.</returns>
    internal string Finish()
    {
        // A hash of hashes: that is what lets the weights be read on several cores, in any order.
        IEnumerable<string> lines = _lines.OrderBy(line => line.Key, StringComparer.Ordinal).Select(line => line.Value);
        string text = $"lloco-model-1\n{Describe(config)}\n{string.Join('\n', lines)}\n";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string Describe(LlamaConfig config)
    {
        RopeScaling rope = config.RopeScaling;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{config.VocabularySize} {config.HiddenSize} {config.IntermediateSize} {config.Layers} {config.Heads} "
            + $"{config.KeyValueHeads} {config.HeadDimension} {config.NormEpsilon:R} {config.RopeTheta:R} "
            + $"{config.TieWordEmbeddings} {config.SummaryLength} {config.AccumulateSummary} {rope.Kind}")
            + Describe(rope)
            + Describe(config.Plan);
    }

    /// <summary>Empty for a Llama, because its hash must not change.</summary>
    private static string Describe(ModelPlan plan) => plan == ModelPlan.Llama
        ? string.Empty
        : string.Create(
            CultureInfo.InvariantCulture,
            $" {plan.ModelType} {(int)plan.Parts} {plan.InputFactor:R} {plan.AttentionFactor:R} {plan.ResidualFactor:R} "
            + $"{plan.LogitsDivisor:R} [{Flags(plan.Rotated)}] {plan.Window} [{Flags(plan.Windowed)}] {plan.LocalRopeTheta:R}")
            + (plan.RotatedWidth == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" rotated {plan.RotatedWidth}"))
            + (plan.LocalRopeScaling == RopeScaling.None ? string.Empty : $" local {plan.LocalRopeScaling.Kind}{Describe(plan.LocalRopeScaling)}");

    private static string Numbers(IReadOnlyList<double> numbers) =>
        string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    private static string Flags(IReadOnlyList<bool> flags) => string.Concat(flags.Select(flag => flag ? '1' : '0'));

    /// <summary>Only what the rule looks at: the defaults of the other parameters must not tell equal models apart.</summary>
    private static string Describe(RopeScaling rope) => rope.Kind switch
    {
        RopeScalingKind.None => string.Empty,
        RopeScalingKind.Linear => string.Create(CultureInfo.InvariantCulture, $" {rope.Factor:R}"),
        RopeScalingKind.Yarn => string.Create(
            CultureInfo.InvariantCulture,
            $" {rope.Factor:R} {rope.OriginalMaxPositions} {rope.Yarn!.BetaFast:R} {rope.Yarn.BetaSlow:R} {rope.Yarn.Truncates} {rope.AngleFactor:R}"),
        RopeScalingKind.LongRope => string.Create(
            CultureInfo.InvariantCulture,
            $" {rope.OriginalMaxPositions} [{Numbers(rope.Long!.Short)}] [{Numbers(rope.Long.Long)}] {rope.AngleFactor:R}"),
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $" {rope.Factor:R} {rope.LowFrequencyFactor:R} {rope.HighFrequencyFactor:R} {rope.OriginalMaxPositions}"),
    };
}
