using LLoCO.Core;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Probing;

/// <summary>What matrix products reach on this machine's CPU: the yardstick of whatever computes with them.</summary>
public static class ProductRates
{
    /// <summary>Says whether passes widen 16-bit weights to float32, because that is faster here. Measured once per process.</summary>
    /// <param name="precision">Number format of the weights.</param>
    /// <param name="rows">Rows of the pass; few are not worth it.</param>
    /// <returns>Whether they do; <see langword="false"/> for float32.</returns>
    public static bool AreWidened(WeightPrecision precision, long rows) =>
        Type(precision) is var type && type != ScalarType.Float32 && ComputePath.Choose(type, rows) == ScalarType.Float32;

    /// <summary>Measures a matrix product.</summary>
    /// <param name="precision">Number format; float32 for <see cref="WeightPrecision.AsStored"/>.</param>
    /// <param name="rows">Rows of the left matrix.</param>
    /// <param name="inner">Columns of the left matrix.</param>
    /// <param name="columns">Columns of the right matrix.</param>
    /// <param name="rounds">How often; the best counts.</param>
    /// <returns>Floating-point operations per second; a multiplication with its addition counts as two.</returns>
    public static double Measure(WeightPrecision precision, long rows, long inner, long columns, int rounds = 3)
    {
        LlocoRuntime.EnsureAvailable();
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        return ComputePath.Rate(Type(precision), rows, inner, columns, rounds);
    }

    private static ScalarType Type(WeightPrecision precision) => precision.ToTorch() ?? ScalarType.Float32;
}
