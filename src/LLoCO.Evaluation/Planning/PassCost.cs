using LLoCO.Core.Families;

namespace LLoCO.Evaluation.Planning;

/// <summary>
/// What one pass through a LLaMA computes and reads.
/// <code>
/// matrices   2 · M · inputs             M: weights of all layers' projections
/// attention  4 · L · heads · head · seen  seen: pairs of a query with a key, inputs · stored + inputs · (inputs + 1) / 2
/// head       2 · V · hidden · rows      rows: places whose logits are wanted
/// </code>
/// </summary>
/// <param name="MatrixFlops">Floating-point operations of the layers' projections.</param>
/// <param name="AttentionFlops">Those of attention.</param>
/// <param name="HeadFlops">Those of the output head.</param>
/// <param name="WeightBytes">Bytes of the layers' weights, read once.</param>
/// <param name="HeadBytes">Bytes of the head's weights, read once; 0 where no logits are wanted.</param>
/// <param name="CacheBytes">Bytes of keys and values, read once.</param>
/// <param name="Kind">What sort of pass it is.</param>
public readonly record struct PassCost(
    double MatrixFlops, double AttentionFlops, double HeadFlops, double WeightBytes, double HeadBytes, double CacheBytes,
    PassKind Kind)
{
    /// <summary>Gets all floating-point operations.</summary>
    public double Flops => MatrixFlops + AttentionFlops + HeadFlops;

    /// <summary>Counts a pass.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="bytes">Bytes per number, of weights and of keys and values.</param>
    /// <param name="inputs">Inputs.</param>
    /// <param name="stored">Positions stored before them.</param>
    /// <param name="rows">Places whose logits are wanted.</param>
    /// <returns>What the pass computes and reads.</returns>
    public static PassCost Create(LlamaConfig config, int bytes, double inputs, double stored, double rows)
    {
        double matrices = Matrices(config);
        double head = (double)config.VocabularySize * config.HiddenSize;
        double seen = (inputs * stored) + (inputs * (inputs + 1) / 2);
        return new PassCost(
            2 * matrices * inputs,
            4.0 * config.Layers * config.Heads * config.HeadDimension * seen,
            2 * head * rows,
            bytes * matrices,
            rows > 0 ? bytes * head : 0,
            CacheBytesPerPosition(config, bytes) * (stored + inputs),
            inputs == 1 ? PassKind.Step : stored > 0 ? PassKind.Behind : PassKind.First);
    }

    /// <summary>Counts the weights of all layers' projections.</summary>
    /// <param name="config">The shape.</param>
    /// <returns>The weights, in numbers.</returns>
    public static double Matrices(LlamaConfig config)
    {
        double query = (double)config.HiddenSize * config.Heads * config.HeadDimension;
        double key = (double)config.HiddenSize * config.KeyValueHeads * config.HeadDimension;
        double inner = (double)config.HiddenSize * config.IntermediateSize;
        return config.Layers * ((2 * query) + (2 * key) + (3 * inner));
    }

    /// <summary>Counts the bytes of a position's keys and values, in all layers.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="bytes">Bytes per number.</param>
    /// <returns>The bytes.</returns>
    public static double CacheBytesPerPosition(LlamaConfig config, int bytes) =>
        2.0 * config.Layers * config.KeyValueHeads * config.HeadDimension * bytes;

    /// <summary>Estimates the seconds: computing or reading, whichever takes longer, for layers, head and attention.</summary>
    /// <param name="device">What the machine reaches.</param>
    /// <returns>Seconds, with the least time of such a pass.</returns>
    public double Seconds(DeviceFigures device) =>
        Math.Max(MatrixFlops / device.FlopsPerSecond, WeightBytes / device.WeightBytesPerSecond)
        + Math.Max(HeadFlops / device.FlopsPerSecond, HeadBytes / device.WeightBytesPerSecond)
        + Math.Max(
            AttentionFlops / (device.AttentionFlopsPerSecond ?? device.FlopsPerSecond),
            CacheBytes / (device.CacheBytesPerSecond ?? device.WeightBytesPerSecond))
        + Kind switch
        {
            PassKind.Step => device.SecondsPerStep ?? device.SecondsPerPass,
            PassKind.Behind => device.SecondsPerPassBehind ?? device.SecondsPerPass,
            _ => device.SecondsPerPass,
        };
}

/// <summary>The kind of a pass; each has its own minimum time.</summary>
public enum PassKind
{
    /// <summary>Several inputs, nothing before them.</summary>
    First = 0,

    /// <summary>Several inputs after stored positions.</summary>
    Behind = 1,

    /// <summary>One input: a token is generated.</summary>
    Step = 2,
}
