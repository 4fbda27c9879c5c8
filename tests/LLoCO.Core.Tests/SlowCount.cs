using System.Globalization;

namespace LLoCO.Core.Tests;

/// <summary>How much the slow tests do: <c>LLOCO_SLOW_COUNT</c> is the number of inputs of each fuzz, 100,000 unless it says
/// otherwise, and everything else that is counted grows and shrinks with it.</summary>
internal static class SlowCount
{
    private const string Variable = "LLOCO_SLOW_COUNT";
    private const int Default = 100_000;

    /// <summary>Most minutes of one slow test that counts; one that is not done by then says how far it came.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(8);

    private static readonly int Inputs =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int inputs) && inputs > 0
            ? inputs
            : Default;

    /// <summary>Scales a count.</summary>
    /// <param name="count">The count of a whole night; at least 1.</param>
    /// <returns>The count to run; at least 1.</returns>
    public static int Of(int count) => (int)Math.Clamp((long)count * Inputs / Default, 1, int.MaxValue);
}
