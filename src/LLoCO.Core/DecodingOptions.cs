using System.ComponentModel.DataAnnotations;

namespace LLoCO.Core;

/// <summary>What generates tokens, once prefix and prompt are read. Defaults: this library's own kernels where they can be used, over
/// the weights as they are stored, on all cores.</summary>
public sealed record DecodingOptions
{
    /// <summary>Gets what computes.</summary>
    /// <value>Default <see cref="DecodeEngineKind.Auto"/>.</value>
    public DecodeEngineKind Engine { get; init; } = DecodeEngineKind.Auto;

    /// <summary>Gets the format in which matrices are read for each token.</summary>
    /// <value>Default <see cref="DecodeWeights.AsStored"/>.</value>
    /// <remarks>Prefix and prompt are always read with the stored weights. Quantized weights are a copy beside them: 53 % (int8) or
    /// 28 % (int4) of the size of 16-bit weights. libtorch (<see cref="DecodeEngineKind.LibTorch"/>, CUDA) does not use
    /// them.</remarks>
    public DecodeWeights Weights { get; init; } = DecodeWeights.AsStored;

    /// <summary>Gets the threads that generate, one of them the model's own.</summary>
    /// <value>Default 0: as many as the process has cores. At most 256.</value>
    /// <remarks>libtorch's own number of threads, for prefix and prompt, is set with <c>OMP_NUM_THREADS</c>.</remarks>
    [Range(0, 256)]
    public int Threads { get; init; }
}

/// <summary>What computes generated tokens.</summary>
public enum DecodeEngineKind
{
    /// <summary>This library's kernels on a CPU, libtorch elsewhere.</summary>
    Auto = 0,

    /// <summary>libtorch's operators, whatever the device.</summary>
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
