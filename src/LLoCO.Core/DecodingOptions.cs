using System.ComponentModel.DataAnnotations;

namespace LLoCO.Core;

/// <summary>
/// How tokens are generated after the prefill of prefix and prompt. Defaults: this library's own kernels where they can be used,
/// with the weights as stored, on all cores.
/// </summary>
public sealed record DecodingOptions
{
    /// <summary>Gets the engine that computes decode steps.</summary>
    /// <value>Default <see cref="DecodeEngineKind.Auto"/>.</value>
    public DecodeEngineKind Engine { get; init; } = DecodeEngineKind.Auto;

    /// <summary>Gets the weight format for decode steps.</summary>
    /// <value>Default <see cref="DecodeWeights.AsStored"/>.</value>
    /// <remarks>
    /// Prefill always uses the stored weights. Quantized weights are an additional copy: 53 % (int8) or 28 % (int4) of the size
    /// of 16-bit weights. libtorch (<see cref="DecodeEngineKind.LibTorch"/>, CUDA) does not use them.
    /// </remarks>
    public DecodeWeights Weights { get; init; } = DecodeWeights.AsStored;

    /// <summary>Gets the number of decoding threads, the model's own thread included.</summary>
    /// <value>Default 0: as many as the process has cores. At most 256.</value>
    /// <remarks>The number of libtorch's threads, used in prefill, is set with <c>OMP_NUM_THREADS</c>.</remarks>
    [Range(0, 256)]
    public int Threads { get; init; }
}

/// <summary>The engine that computes decode steps.</summary>
public enum DecodeEngineKind
{
    /// <summary>This library's kernels on a CPU, libtorch elsewhere.</summary>
    Auto = 0,

    /// <summary>libtorch's operators on every device.</summary>
    LibTorch = 1,
}

/// <summary>The format of matrices while generating.</summary>
public enum DecodeWeights
{
    /// <summary>As the model is loaded; the memory is shared.</summary>
    AsStored = 0,

    /// <summary>8 bits, a scale per 32 weights.</summary>
    Int8 = 1,

    /// <summary>4 bits, a scale per 32 weights.</summary>
    Int4 = 2,
}
