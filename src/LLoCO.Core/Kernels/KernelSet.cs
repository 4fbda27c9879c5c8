using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LLoCO.Core.Families;
using LLoCO.Core.Kernels.Simd;

namespace LLoCO.Core.Kernels;

/// <summary>The decoding kernels for one instruction set. Stateless, so any number of threads may use them.</summary>
internal abstract unsafe class KernelSet
{
    /// <summary>Gets the kernels that this processor runs fastest.</summary>
    internal static KernelSet Best { get; } = Supported()[0];

    /// <summary>Gets the name of the instruction set.</summary>
    internal abstract string Name { get; }

    /// <summary>Lists the kernels that this processor runs, the fastest first and the plain ones last.</summary>
    internal static IReadOnlyList<KernelSet> Supported()
    {
        var sets = new List<KernelSet>();
        if (Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx2.IsSupported)
        {
            sets.Add(AvxVnni.IsSupported
                ? new SimdKernels<Simd512, Vector512<float>, ByteDot256<VnniProducts>, Vector256<int>, Vector256<float>>(
                    "avx512-vnni")
                : new SimdKernels<Simd512, Vector512<float>, ByteDot256<PlainProducts>, Vector256<int>, Vector256<float>>(
                    "avx512"));
        }

        if (Avx2.IsSupported && Fma.IsSupported)
        {
            if (AvxVnni.IsSupported)
            {
                sets.Add(new SimdKernels<Simd256, Vector256<float>, ByteDot256<VnniProducts>, Vector256<int>, Vector256<float>>(
                    "avx2-vnni"));
            }

            sets.Add(new SimdKernels<Simd256, Vector256<float>, ByteDot256<PlainProducts>, Vector256<int>, Vector256<float>>(
                "avx2"));
        }

        if (Vector128.IsHardwareAccelerated)
        {
            sets.Add(new SimdKernels<Simd128, Vector128<float>, ByteDot128, Vector128<int>, Vector128<float>>("vector128"));
        }

        sets.Add(new PlainKernels());
        return sets;
    }

    /// <summary>Arranges an input row in the order in which 16-bit weights are read (<see cref="Activations.Laid"/>).</summary>
    internal abstract void Lay(float* from, int columns, float* to);

    /// <summary>Rounds an input row to 8 bits with a scale per group; missing columns of the last group become zeros.</summary>
    internal abstract void Quantize(float* from, int columns, sbyte* numbers, float* scales, int* sums);

    /// <summary>Multiplies rows of a matrix by prepared inputs.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="firstRow">The first row; a multiple of 8.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="inputs">Prepared for the matrix's format.</param>
    /// <param name="count">Input rows.</param>
    /// <param name="outputs">Where the first row's product with the first input goes.</param>
    /// <param name="outputStride">Numbers from one input's products to the next one's.</param>
    internal abstract void Multiply(
        WeightMatrix matrix, int firstRow, int rows, Activations inputs, int count, float* outputs, int outputStride);

    /// <summary>Attention of one query position.</summary>
    internal abstract void Attend(in AttentionTask task);

    /// <summary>RMS norm times a weight.</summary>
    internal abstract void Norm(float* from, float* weight, float* to, int count, float epsilon);

    /// <summary><c>gate = activation(gate) * up</c>.</summary>
    internal abstract void Gate(float* gate, float* up, int count, Activation activation);

    /// <summary><c>to += from * factor</c>.</summary>
    internal abstract void AddScaled(float* to, float* from, float factor, int count);

    /// <summary>Adds the products of two rows.</summary>
    internal abstract float Dot(float* left, float* right, int count);

    /// <summary>The largest number and the sum of e to each minus it: what a softmax needs.</summary>
    internal abstract (float Largest, double Sum) Exponentials(float* numbers, int count);
}
