using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace LLoCO.Benchmarks.Speedup;

/// <summary>The reason of rows that have no time: BenchmarkDotNet itself writes NA there.</summary>
internal sealed class NotMeasuredColumn : IColumn
{
    public string Id => nameof(NotMeasuredColumn);

    public string ColumnName => "Not measured";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => false;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "Why a row has no time";

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase).Length == 0;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        string method = benchmarkCase.Descriptor.WorkloadMethod.Name;
        return method.StartsWith("Full", StringComparison.Ordinal)
            ? SpeedupLimits.Reason(
                (string)benchmarkCase.Parameters[nameof(SpeedupBenchmark.Shape)],
                (int)benchmarkCase.Parameters[nameof(SpeedupBenchmark.Context)],
                reads: method != nameof(SpeedupBenchmark.FullToken)) ?? string.Empty
            : string.Empty;
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
}
