using System.Globalization;
using System.Text.RegularExpressions;

namespace LLoCO.Readers.Tables;

/// <summary>Tells whether the first row of a table names its columns.</summary>
internal static partial class CsvHeader
{
    /// <summary>Names are words that differ from each other, and years or quarters; other numbers are values. A name may lack where
    /// programs leave it out: over the names of rows, and behind the last column.</summary>
    /// <param name="cells">The first row.</param>
    /// <param name="next">The row below it, or nothing.</param>
    public static bool IsHeader(IReadOnlyList<string> cells, IReadOnlyList<string> next)
    {
        string[] names = [.. cells.Select(cell => cell.Trim())];
        int last = Array.FindLastIndex(names, name => name.Length > 0);
        string[] said = [.. names.Where(name => name.Length > 0)];
        if (last < 0 || (last < names.Length - 1 && last < 1) || Array.IndexOf(names, string.Empty, 1, Math.Max(0, last)) >= 0
            || said.Distinct(StringComparer.OrdinalIgnoreCase).Count() < said.Length || said.Any(IsValue))
        {
            return false;
        }

        int[] periods = [.. Enumerable.Range(0, names.Length).Where(column => Period().IsMatch(names[column]))];
        return periods.Length == 0
            || (periods.Length < names.Length && (IsSeries([.. periods.Select(column => names[column])])
                || !periods.Any(column => column < next.Count && Period().IsMatch(next[column].Trim()))));
    }

    /// <summary>Gives the names, with numbers for those that lack.</summary>
    /// <param name="cells">The first row.</param>
    public static IReadOnlyList<string> Names(IReadOnlyList<string> cells) =>
        [.. cells.Select((cell, column) => string.IsNullOrWhiteSpace(cell) ? $"column {column + 1}" : cell)];

    private static bool IsValue(string name) => (char.IsDigit(name[0]) || name[0] == '-') && !Period().IsMatch(name);

    // Years one after the other, which values seldom are.
    private static bool IsSeries(string[] periods)
    {
        int[] years = [.. periods.Select(period => int.Parse(period.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture))];
        return years.Length > 1 && years.Skip(1).Select((year, place) => year - years[place]).Distinct().Count() == 1;
    }

    [GeneratedRegex(
        "^(1[5-9]|20|21)[0-9]{2}([-/ ]?Q[1-4]|[-/][0-9]{1,2}|[-/][0-9]{4})?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Period();
}
