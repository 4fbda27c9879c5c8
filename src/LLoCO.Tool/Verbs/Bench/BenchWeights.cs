using LLoCO.Core;
using LLoCO.Core.Decoding;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Number formats of a measured model.</summary>
internal enum BenchWeights
{
    /// <summary>bfloat16.</summary>
    Bf16 = 0,

    /// <summary>float16.</summary>
    Fp16 = 1,

    /// <summary>float32.</summary>
    Fp32 = 2,

    /// <summary>bfloat16 for libtorch, 8 bits for generating.</summary>
    Int8 = 3,

    /// <summary>bfloat16 for libtorch, 4 bits for generating.</summary>
    Int4 = 4,
}

/// <summary>What the formats mean for libtorch and for the kernels.</summary>
internal static class BenchWeightsExtensions
{
    /// <summary>The format of libtorch's weights.</summary>
    public static WeightPrecision Stored(this BenchWeights weights) => weights switch
    {
        BenchWeights.Fp16 => WeightPrecision.Float16,
        BenchWeights.Fp32 => WeightPrecision.Float32,
        _ => WeightPrecision.BFloat16,
    };

    /// <summary>The format of the weights that generating reads.</summary>
    public static DecodeWeights Decoded(this BenchWeights weights) => weights switch
    {
        BenchWeights.Int8 => DecodeWeights.Int8,
        BenchWeights.Int4 => DecodeWeights.Int4,
        _ => DecodeWeights.AsStored,
    };
}
