using System.Globalization;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Tool.Verbs.Bench;
using TorchSharp;

namespace LLoCO.Benchmarks.Speedup;

/// <summary>Which rows of <see cref="SpeedupBenchmark"/> are not measured, and why.</summary>
/// <remarks><c>LLOCO_BENCH_SECONDS</c> is the most that one reading of a raw context may be expected to take; 60 by
/// default.</remarks>
internal static class SpeedupLimits
{
    /// <summary>Operations per second that a slow machine reaches while reading.</summary>
    private const double SlowestRate = 100e9;

    /// <summary>Says why a raw context is not measured.</summary>
    /// <param name="shape">Name of the shape.</param>
    /// <param name="context">Tokens of the context.</param>
    /// <param name="reads">Whether it is read; otherwise random states stand in for it, which takes only their memory.</param>
    /// <returns>The reason, or <see langword="null"/> where it is measured.</returns>
    public static string? Reason(string shape, int context, bool reads)
    {
        LlamaConfig config = ModelShapes.Find(shape);
        long needed = KeyValueCache.BytesFor(config, 1, context, torch.ScalarType.BFloat16);
        long free = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (needed > free / 2)
        {
            return $"keys and values of {context} tokens take {needed >> 20} of {free >> 20} MiB";
        }

        double limit = double.Parse(
            Environment.GetEnvironmentVariable("LLOCO_BENCH_SECONDS") ?? "60", CultureInfo.InvariantCulture);
        double expected = SpeedupScenario.Operations(config, context) / SlowestRate;
        return reads && expected > limit
            ? string.Create(CultureInfo.InvariantCulture, $"reading takes about {expected:F0} s, LLOCO_BENCH_SECONDS is {limit:F0}")
            : null;
    }
}
