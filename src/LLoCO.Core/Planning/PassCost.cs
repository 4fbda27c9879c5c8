using LLoCO.Core.Model;

namespace LLoCO.Core.Planning;

/// <summary>
/// What one pass through a LLaMA computes and reads.
/// <code>
/// matrices   2 · M · inputs             M: weights of all layers' projections
/// attention  4 · L · heads · head · seen  seen: pairs of a query with a key, inputs · stored + inputs · (inputs + 1) / 2
/// head       2 · V · hidden · rows      rows: places whose logits are wanted
/// </code>
/// </summary>
/// <param name="MatrixFlops">Floating-point operations of projections and head.</param>
/// <param name="AttentionFlops">Those of attention.</param>
/// <param name="WeightBytes">Bytes of weights read once.</param>
/// <param name="CacheBytes">Bytes of stored keys and values read once.</param>
/// <param name="IsStep">Whether it generates one token.</param>
internal readonly record struct PassCost(
    double MatrixFlops, double AttentionFlops, double WeightBytes, double CacheBytes, bool IsStep = false)
{
    /// <summary>Gets all floating-point operations.</summary>
    public double Flops => MatrixFlops + AttentionFlops;

    /// <summary>Counts a pass.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="bytes">Bytes per number, of weights and of keys and values.</param>
    /// <param name="inputs">Inputs.</param>
    /// <param name="stored">Positions stored before them.</param>
    /// <param name="rows">Places whose logits are wanted.</param>
    public static PassCost Of(LlamaConfig config, int bytes, double inputs, double stored, double rows)
    {
        double matrices = Matrices(config);
        double head = (double)config.VocabularySize * config.HiddenSize;
        double seen = (inputs * stored) + (inputs * (inputs + 1) / 2);
        return new PassCost(
            (2 * matrices * inputs) + (2 * head * rows),
            4.0 * config.Layers * config.Heads * config.HeadDimension * seen,
            bytes * (matrices + (rows > 0 ? head : 0)),
            CacheBytesPerPosition(config, bytes) * (stored + inputs),
            inputs == 1);
    }

    /// <summary>Counts the weights of all layers' projections.</summary>
    public static double Matrices(LlamaConfig config)
    {
        double query = (double)config.HiddenSize * config.Heads * config.HeadDimension;
        double key = (double)config.HiddenSize * config.KeyValueHeads * config.HeadDimension;
        double inner = (double)config.HiddenSize * config.IntermediateSize;
        return config.Layers * ((2 * query) + (2 * key) + (3 * inner));
    }

    /// <summary>Counts the bytes of a position's keys and values.</summary>
    public static double CacheBytesPerPosition(LlamaConfig config, int bytes) =>
        2.0 * config.Layers * config.KeyValueHeads * config.HeadDimension * bytes;

    /// <summary>Estimates the seconds: computing or reading, whichever takes longer, for matrices and for attention.</summary>
    /// <param name="device">What the machine reaches.</param>
    public double Seconds(DeviceFigures device) =>
        Math.Max(MatrixFlops / device.FlopsPerSecond, WeightBytes / device.WeightBytesPerSecond)
        + Math.Max(
            AttentionFlops / (device.AttentionFlopsPerSecond ?? device.FlopsPerSecond),
            CacheBytes / (device.CacheBytesPerSecond ?? device.WeightBytesPerSecond))
        + (IsStep ? device.SecondsPerStep ?? device.SecondsPerPass : device.SecondsPerPass);
}
