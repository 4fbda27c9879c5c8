namespace LLoCO.Core.Kernels;

/// <summary>How a weight matrix is stored for decoding.</summary>
internal enum MatrixFormat
{
    /// <summary>float32, row by row.</summary>
    Float32 = 0,

    /// <summary>bfloat16, row by row.</summary>
    BFloat16 = 1,

    /// <summary>float16, row by row.</summary>
    Float16 = 2,

    /// <summary>8 bits and a bfloat16 scale per group of 32 columns (8.5 bits a weight, as llama.cpp's Q8_0).</summary>
    Int8 = 3,

    /// <summary>4 bits and a bfloat16 scale per group of 32 columns (4.5 bits a weight, as llama.cpp's Q4_0).</summary>
    Int4 = 4,
}
