namespace LLoCO.Core;

/// <summary>Number format in which a model's weights are kept in memory. Adapters are float32 in every case.</summary>
public enum WeightPrecision
{
    /// <summary>As the checkpoint stores them: no conversion, no rounding.</summary>
    AsStored = 0,

    /// <summary>IEEE 754 binary32: four bytes per weight.</summary>
    Float32 = 1,

    /// <summary>bfloat16: two bytes per weight; the format the original computes in.</summary>
    BFloat16 = 2,

    /// <summary>IEEE 754 binary16: two bytes per weight; slow for long inputs on a CPU.</summary>
    Float16 = 3,
}
