using System.Globalization;

namespace LLoCO.Evaluation.Reports;

/// <summary>An axis of a chart: where a value lies on it, and where it is marked.</summary>
internal sealed class ChartAxis
{
    private const int MaxTicks = 7;
    private const double LeastDecades = 0.6;

    private readonly bool _logarithmic;
    private readonly double _low;
    private readonly double _high;
    private readonly Func<double, string> _write;

    private ChartAxis(bool logarithmic, double low, double high, Func<double, string> write) =>
        (_logarithmic, _low, _high, _write) = (logarithmic, low, high, write);

    /// <summary>Gets the marks: place from 0 to 1, and text.</summary>
    public IEnumerable<(double Place, string Text)> Ticks =>
        (_logarithmic ? LogarithmicTicks() : LinearTicks()).Select(value => (Place(value), _write(value)));

    /// <summary>Makes an axis from 0 to 1 that is written as percent.</summary>
    public static ChartAxis Percent() =>
        new(false, 0, 1, value => string.Create(CultureInfo.InvariantCulture, $"{100 * value:F0} %"));

    /// <summary>Makes a logarithmic axis around some values.</summary>
    /// <param name="values">The values; values not above 0 are ignored.</param>
    /// <param name="write">Writes a mark.</param>
    public static ChartAxis Logarithmic(IEnumerable<double> values, Func<double, string> write)
    {
        double[] positive = [.. values.Where(value => value > 0).DefaultIfEmpty(1)];
        double low = Math.Log10(positive.Min());
        double high = Math.Log10(positive.Max());

        // Without a minimum range, values close together would show meaningless differences.
        double room = Math.Max(0.08, (LeastDecades - (high - low)) / 2);
        return new(true, low - room, high + room, write);
    }

    /// <summary>Finds the place of a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>0 at the low end, 1 at the high end.</returns>
    public double Place(double value) =>
        ((_logarithmic ? Math.Log10(Math.Max(value, 1e-9)) : value) - _low) / (_high - _low);

    private IEnumerable<double> LinearTicks() => Enumerable.Range(0, 6).Select(i => _low + (i * (_high - _low) / 5));

    private IEnumerable<double> LogarithmicTicks()
    {
        // As many of 1, 2, 5 per decade as fit; on a short axis, every whole step.
        foreach (double[] steps in new double[][] { [1, 1.5, 2, 3, 4, 5, 6, 8], [1, 2, 5], [1] })
        {
            double[] ticks =
            [
                .. Enumerable.Range((int)Math.Floor(_low), (int)(Math.Ceiling(_high) - Math.Floor(_low)) + 1)
                    .SelectMany(decade => steps.Select(step => step * Math.Pow(10, decade)))
                    .Where(value => Math.Log10(value) >= _low && Math.Log10(value) <= _high),
            ];
            if (ticks.Length <= MaxTicks || steps.Length == 1)
            {
                return ticks;
            }
        }

        return [];
    }
}
