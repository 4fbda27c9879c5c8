using LLoCO.Core;
using LLoCO.Core.Decoding;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Number formats that <c>lloco bench quality</c> compares.</summary>
internal enum QualityFormat
{
    /// <summary>Everything in float32.</summary>
    Float32 = 0,

    /// <summary>Everything in bfloat16.</summary>
    BFloat16 = 1,

    /// <summary>8 bits for decode steps, the rest in the requested precision.</summary>
    Int8 = 2,

    /// <summary>4 bits for decode steps, the rest in the requested precision.</summary>
    Int4 = 3,
}

/// <summary>What the formats mean for libtorch and for the kernels.</summary>
internal static class QualityFormatExtensions
{
    /// <summary>The precision of libtorch's weights.</summary>
    /// <param name="format">The format.</param>
    /// <param name="asked">The precision of the weights that are quantized and kept.</param>
    public static WeightPrecision Stored(this QualityFormat format, WeightPrecision asked) => format switch
    {
        QualityFormat.Float32 => WeightPrecision.Float32,
        QualityFormat.BFloat16 => WeightPrecision.BFloat16,
        _ => asked,
    };

    /// <summary>The format of the weights that the kernels read.</summary>
    /// <param name="format">The format.</param>
    public static DecodeWeights Decoded(this QualityFormat format) => format switch
    {
        QualityFormat.Int8 => DecodeWeights.Int8,
        QualityFormat.Int4 => DecodeWeights.Int4,
        _ => DecodeWeights.AsStored,
    };
}
