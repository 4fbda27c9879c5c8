using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Analysers;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Validators;

namespace LLoCO.Benchmarks.Speedup;

/// <summary>Adds the most resident memory of each benchmark's process: managed allocations, which BenchmarkDotNet counts, are none of
/// libtorch's. Model and set-up are in it.</summary>
internal sealed class PeakMemoryDiagnoser : IDiagnoser, IMetricDescriptor
{
    private readonly Dictionary<BenchmarkCase, long> _peaks = [];

    public IEnumerable<string> Ids => [nameof(PeakMemoryDiagnoser)];

    public IEnumerable<IExporter> Exporters => [];

    public IEnumerable<IAnalyser> Analysers => [];

    public string Id => nameof(PeakMemoryDiagnoser);

    public string DisplayName => "Peak resident [MB]";

    public string Legend => "Most resident memory of the process, model and set-up included";

    public string NumberFormat => "N0";

    public UnitType UnitType => UnitType.Dimensionless;

    public string Unit => "MB";

    public bool TheGreaterTheBetter => false;

    public int PriorityInCategory => 0;

    public RunMode GetRunMode(BenchmarkCase benchmarkCase) => RunMode.NoOverhead;

    public bool GetIsAvailable(Metric metric) => true;

    public void Handle(HostSignal signal, DiagnoserActionParameters parameters)
    {
        if (signal == HostSignal.BeforeAnythingElse)
        {
            Forget(parameters.Process);
        }
        else if (signal == HostSignal.AfterActualRun)
        {
            _peaks[parameters.BenchmarkCase] = Peak(parameters.Process);
        }
    }

    public IEnumerable<Metric> ProcessResults(DiagnoserResults results) =>
        _peaks.TryGetValue(results.BenchmarkCase, out long peak) ? [new Metric(this, peak / 1e6)] : [];

    public void DisplayResults(ILogger logger)
    {
        // The column says it all.
    }

    public IEnumerable<ValidationError> Validate(ValidationParameters validationParameters) => [];

    /// <summary>Where all benchmarks share one process, each begins a peak of its own (Linux).</summary>
    private static void Forget(Process process)
    {
        const string ResetPeak = "5";
        string references = $"/proc/{process.Id}/clear_refs";
        if (File.Exists(references))
        {
            File.WriteAllText(references, ResetPeak);
        }
    }

    private static long Peak(Process process)
    {
        const string Field = "VmHWM:";
        string status = $"/proc/{process.Id}/status";
        if (!File.Exists(status))
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }

        string line = File.ReadLines(status).First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return 1024 * long.Parse(
            line[Field.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
