using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// SHA-256 of a model: of the settings that change its numbers and of every weight, independent of the files. The same model has
/// the same hash as one file or as shards, as safetensors or as <c>pytorch_model.bin</c>.
/// </summary>
internal static class CheckpointHash
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
        var digest = new CheckpointDigest(config);
        ParallelTensors.Run(
            [.. tensors.Tensors.Values.Where(digest.Covers)], int.MaxValue, weight => digest.Add(weight, tensors),
            cancellationToken);
        return digest.Finish();
    }
}
