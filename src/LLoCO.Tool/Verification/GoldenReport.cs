namespace LLoCO.Tool.Verification;

/// <summary>Collects comparisons of one case, kind by kind.</summary>
/// <param name="caseName">Name of the case.</param>
internal sealed class GoldenReport(string caseName)
{
    private const int MaxFailures = 100;

    private readonly Dictionary<GoldenKind, Tally> _tallies = [];

    /// <summary>Gets the rows, in the order in which their kinds were first met.</summary>
    internal IReadOnlyList<GoldenRow> Rows =>
    [
        .. _tallies.Select(entry => new GoldenRow(
            caseName,
            entry.Key.Name,
            entry.Value.Compared,
            entry.Value.Largest,
            entry.Key.Tolerance,
            entry.Value.Failures.Count == 0,
            entry.Value.Failures)),
    ];

    /// <summary>Compares numbers with their reference and keeps the largest difference per kind.</summary>
    /// <param name="kind">Their kind.</param>
    /// <param name="name">The value's name in the fixture.</param>
    /// <param name="expected">The fixture's numbers.</param>
    /// <param name="actual">Ours.</param>
    /// <param name="relative">Part of each expected number by which ours may differ besides the tolerance.</param>
    internal void Compare(
        GoldenKind kind, string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double relative = 0)
    {
        if (expected.Length != actual.Length)
        {
            Fail(kind, name, $"the fixture has {expected.Length} numbers, computed were {actual.Length}");
            return;
        }

        double largest = 0;
        int at = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]) - (relative * Math.Abs(expected[i]));
            difference = double.IsNaN(difference) ? double.PositiveInfinity : difference;
            if (difference > largest)
            {
                (largest, at) = (difference, i);
            }
        }

        Tally tally = For(kind);
        tally.Compared += expected.Length;
        tally.Largest = Math.Max(tally.Largest, largest);
        if (largest > kind.Tolerance)
        {
            Fail(kind, name, $"number {at} is {expected[at]:R} in the fixture, computed {actual[at]:R}");
        }
    }

    /// <summary>Compares one number.</summary>
    internal void Compare(GoldenKind kind, string name, double expected, double actual) =>
        Compare(kind, name, [(float)expected], [(float)actual]);

    /// <summary>Compares integers: equal or not.</summary>
    internal void Compare(GoldenKind kind, string name, ReadOnlySpan<long> expected, ReadOnlySpan<long> actual)
    {
        Tally tally = For(kind);
        tally.Compared += expected.Length;
        if (!expected.SequenceEqual(actual))
        {
            tally.Largest = Math.Max(tally.Largest, 1);
            Fail(kind, name, $"{Show(expected)} in the fixture, computed {Show(actual)}");
        }
    }

    /// <summary>Compares a text with its reference, letter by letter.</summary>
    internal void Compare(GoldenKind kind, string name, string expected, string actual)
    {
        For(kind).Compared++;
        if (expected != actual)
        {
            Fail(kind, name, $"'{expected}' in the fixture, found '{actual}'");
        }
    }

    /// <summary>Records a value that is missing, left over or cannot be run.</summary>
    internal void Fail(GoldenKind kind, string name, string fault)
    {
        List<string> failures = For(kind).Failures;
        if (failures.Count < MaxFailures)
        {
            failures.Add($"{name}: {fault}");
        }
    }

    private static string Show(ReadOnlySpan<long> ids) => ids.Length <= 32
        ? $"[{string.Join(", ", ids.ToArray())}]"
        : $"[{string.Join(", ", ids[..32].ToArray())}, … {ids.Length} in all]";

    private Tally For(GoldenKind kind)
    {
        if (!_tallies.TryGetValue(kind, out Tally? tally))
        {
            tally = new Tally();
            _tallies.Add(kind, tally);
        }

        return tally;
    }

    private sealed class Tally
    {
        internal long Compared { get; set; }

        internal double Largest { get; set; }

        internal List<string> Failures { get; } = [];
    }
}
