using System.Diagnostics;
using System.Globalization;

namespace LLoCO.Core.Tests;

/// <summary>How much the slow tests do: <c>LLOCO_SLOW_COUNT</c> is the number of inputs of each fuzz, 100,000 unless it says
/// otherwise, and everything else that is counted grows and shrinks with it.</summary>
internal static class SlowCount
{
    private const string Variable = "LLOCO_SLOW_COUNT";
    private const int Default = 100_000;

    private const string MinutesVariable = "LLOCO_SLOW_MINUTES";
    private const int DefaultMinutes = 150;

    private const string EachVariable = "LLOCO_SLOW_MINUTES_EACH";
    private const int DefaultEach = 8;

    private static readonly Stopwatch Clock = Stopwatch.StartNew();

    private static readonly TimeSpan All = TimeSpan.FromMinutes(Setting(MinutesVariable, DefaultMinutes));

    private static readonly TimeSpan Each = TimeSpan.FromMinutes(Setting(EachVariable, DefaultEach));

    private static readonly int Inputs = Setting(Variable, Default);

    /// <summary>Most time of one slow test that counts: 8 minutes (<c>LLOCO_SLOW_MINUTES_EACH</c>), or what is left of the minutes of
    /// all of them (<c>LLOCO_SLOW_MINUTES</c>, 150 unless it says otherwise), but never less than 10 seconds. A test that is not done by
    /// then says how far it came.</summary>
    public static TimeSpan Longest => TimeSpan.FromSeconds(Math.Clamp((All - Clock.Elapsed).TotalSeconds, 10, Each.TotalSeconds));

    /// <summary>Says how far a test came.</summary>
    /// <param name="done">What it did.</param>
    /// <param name="count">What it was to do.</param>
    /// <param name="what">Its unit.</param>
    public static void Report(int done, int count, string what) => TestContext.Current.TestOutputHelper?.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{done} {what} of {count}"));

    /// <summary>Scales a count.</summary>
    /// <param name="count">The count of a whole night; at least 1.</param>
    /// <returns>The count to run; at least 1.</returns>
    public static int Of(int count) => (int)Math.Clamp((long)count * Inputs / Default, 1, int.MaxValue);

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : otherwise;
}
