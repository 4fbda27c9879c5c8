namespace LLoCO.Core.Checkpoints;

/// <summary>Number format of a tensor in a file.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 0,

    /// <summary>IEEE 754 binary16.</summary>
    Float16 = 1,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BFloat16 = 2,

    /// <summary>IEEE 754 binary64.</summary>
    Float64 = 3,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 4,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 5,

    /// <summary>Signed 8-bit integer.</summary>
    Int8 = 6,

    /// <summary>Unsigned 8-bit integer.</summary>
    UInt8 = 7,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 8,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 9,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 10,

    /// <summary>Unsigned 32-bit integer.</summary>
    UInt32 = 11,

    /// <summary>Unsigned 64-bit integer.</summary>
    UInt64 = 12,

    /// <summary>8-bit float with 4 exponent bits, as quantized weights use it.</summary>
    Float8E4M3 = 13,

    /// <summary>8-bit float with 5 exponent bits, as quantized weights use it.</summary>
    Float8E5M2 = 14,

    /// <summary>A power of two in 8 bits, the scale of a block of quantized weights.</summary>
    Float8E8M0 = 15,

    /// <summary>Two binary32: real and imaginary part.</summary>
    Complex64 = 16,
}
