using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using Perfolizer.Horology;

namespace LLoCO.Benchmarks.Speedup;

/// <summary>Five single measurements of each row after one to warm up, in milliseconds; with peak memory, and reasons where there is no
/// time. Settings of the command line (<c>--inProcess</c>) come on top of it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SpeedupConfigAttribute : Attribute, IConfigSource
{
    public IConfig Config { get; } = ManualConfig.CreateEmpty()
        .AddJob(Job.Default.WithStrategy(RunStrategy.Monitoring)
            .WithLaunchCount(1).WithWarmupCount(1).WithIterationCount(5).AsMutator())
        .AddDiagnoser(new PeakMemoryDiagnoser())
        .AddColumn(new NotMeasuredColumn(), CategoriesColumn.Default)
        .AddLogicalGroupRules(BenchmarkLogicalGroupRule.ByCategory)
        .HideColumns("Job", "Toolchain", "LaunchCount", "InvocationCount", "Error", "RatioSD")
        .WithSummaryStyle(SummaryStyle.Default.WithTimeUnit(TimeUnit.Millisecond));
}
