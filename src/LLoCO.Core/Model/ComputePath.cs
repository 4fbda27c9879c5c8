using System.Collections.Concurrent;
using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>
/// Picks the number format in which large products are fastest on this processor: 16-bit weights can be multiplied as they are,
/// or widened to float32 first. Processors with matrix units or full-rate bf16 dot products are several times faster the first
/// way, others twice as fast the second. The difference is far from 1 either way, so a short measurement tells.
/// </summary>
internal static class ComputePath
{
    /// <summary>With fewer rows, widening a weight costs more than it saves.</summary>
    internal const long MinWideRows = 32;

    private const int Rows = 256;
    private const int Width = 1024;
    private const int Rounds = 4;
    private const double WorthWhile = 1.2;

    private static readonly ConcurrentDictionary<ScalarType, bool> Wide = new();

    /// <summary>The format to compute a pass in.</summary>
    /// <param name="weights">Format of the weights.</param>
    /// <param name="rows">Rows of the pass.</param>
    /// <returns>The weights' own, or float32.</returns>
    internal static ScalarType Choose(ScalarType weights, long rows) =>
        weights is ScalarType.BFloat16 or ScalarType.Float16 && rows >= MinWideRows && WideIsFaster(weights)
            ? ScalarType.Float32
            : weights;

    /// <summary>Whether products are faster when 16-bit weights are widened; measured once per process.</summary>
    internal static bool WideIsFaster(ScalarType weights) => Wide.GetOrAdd(weights, Measure);

    /// <summary>Measures a matrix product.</summary>
    /// <param name="type">Number format.</param>
    /// <param name="rows">Rows of the activations.</param>
    /// <param name="inner">Width of the activations.</param>
    /// <param name="columns">Width of the result.</param>
    /// <param name="rounds">Products; the fastest counts. One more warms up.</param>
    /// <returns>Floating-point operations per second.</returns>
    internal static double Rate(ScalarType type, long rows, long inner, long columns, int rounds)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor activations = ones([rows, inner], dtype: type);
        Tensor weight = ones([columns, inner], dtype: type);
        double best = double.PositiveInfinity;
        for (int round = 0; round <= rounds; round++)
        {
            long started = Stopwatch.GetTimestamp();
            using Tensor product = nn.functional.linear(activations, weight);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            best = round == 0 ? best : Math.Min(best, seconds);
        }

        return 2.0 * rows * inner * columns / best;
    }

    private static bool Measure(ScalarType weights)
    {
        double narrow = Rate(weights, Rows, Width, Width, Rounds);
        double wide = Rate(ScalarType.Float32, Rows, Width, Width, Rounds);
        return wide > WorthWhile * narrow;
    }
}
