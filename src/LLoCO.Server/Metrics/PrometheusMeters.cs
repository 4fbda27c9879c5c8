using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using LLoCO.Core;
using LLoCO.Tenants;

namespace LLoCO.Server.Metrics;

/// <summary>Sums up the library's and the server's instruments, and writes them as Prometheus text (version 0.0.4). What is measured in the
/// request of a tenant has the label <c>tenant</c>, but for what goes up and down: that is of the whole server.</summary>
internal sealed class PrometheusMeters : IDisposable
{
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (Instrument Instrument, SortedDictionary<string, Series> Series)> _all =
        new(StringComparer.Ordinal);

    private readonly MeterListener _listener = new();

    /// <summary>Begins to listen.</summary>
    public PrometheusMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name is LlocoDiagnostics.MeterName or ServerMeter.Name or TenantMeter.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Writes the figures.</summary>
    /// <param name="tenant">Only those of this tenant; all with <see langword="null"/>.</param>
    public string Write(string? tenant = null)
    {
        var text = new StringBuilder();
        string own = Label(tenant ?? string.Empty);
        lock (_lock)
        {
            foreach ((string name, (Instrument instrument, SortedDictionary<string, Series> series)) in _all)
            {
                KeyValuePair<string, Series>[] told =
                    [.. series.Where(one => tenant is null || one.Key.Split(',').Contains(own, StringComparer.Ordinal))];
                if (told.Length == 0)
                {
                    continue;
                }

                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n# TYPE {name} {Kind(instrument)}\n");
                foreach ((string labels, Series one) in told)
                {
                    Write(text, name, labels, one, IsHistogram(instrument));
                }
            }
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static string Label(string tenant) => $"tenant=\"{tenant}\"";

    private static bool IsHistogram(Instrument instrument) => instrument is Histogram<double>;

    private static string Kind(Instrument instrument) =>
        IsHistogram(instrument) ? "histogram" : instrument is UpDownCounter<long> ? "gauge" : "counter";

    private static string Name(Instrument instrument)
    {
        string name = instrument.Name.Replace('.', '_');
        return IsHistogram(instrument) ? name + "_seconds" : instrument is UpDownCounter<long> ? name : name + "_total";
    }

    private static void Write(StringBuilder text, string name, string labels, Series one, bool isHistogram)
    {
        if (!isHistogram)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{Braces(labels)} {one.Sum}\n");
            return;
        }

        long below = 0;
        for (int i = 0; i < Bounds.Length; i++)
        {
            below += one.Buckets[i];
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{Braces(Join(labels, $"le=\"{Bounds[i]}\""))} {below}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{Braces(Join(labels, "le=\"+Inf\""))} {one.Count}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{Braces(labels)} {one.Sum}\n{name}_count{Braces(labels)} {one.Count}\n");
    }

    private static string Join(string labels, string label) => labels.Length == 0 ? label : $"{labels},{label}";

    private static string Braces(string labels) => labels.Length == 0 ? string.Empty : $"{{{labels}}}";

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach ((string key, object? tag) in tags)
        {
            labels.Append(labels.Length == 0 ? string.Empty : ",").Append(key.Replace('.', '_'))
                .Append(CultureInfo.InvariantCulture, $"=\"{tag}\"");
        }

        if (ServerMeter.Tenant is { } tenant && instrument is not UpDownCounter<long> && instrument.Meter.Name != TenantMeter.MeterName)
        {
            labels.Append(labels.Length == 0 ? string.Empty : ",").Append(Label(tenant));
        }

        string name = Name(instrument);
        lock (_lock)
        {
            if (!_all.TryGetValue(name, out (Instrument, SortedDictionary<string, Series> Series) found))
            {
                _all[name] = found = (instrument, new SortedDictionary<string, Series>(StringComparer.Ordinal));
            }

            string text = labels.ToString();
            if (!found.Series.TryGetValue(text, out Series? series))
            {
                found.Series[text] = series = new Series();
            }

            series.Add(value);
        }
    }

    private sealed class Series
    {
        public double Sum { get; private set; }

        public long Count { get; private set; }

        public long[] Buckets { get; } = new long[Bounds.Length + 1];

        public void Add(double value)
        {
            Sum += value;
            Count++;
            int bucket = Array.FindIndex(Bounds, bound => value <= bound);
            Buckets[bucket < 0 ? Bounds.Length : bucket]++;
        }
    }
}
