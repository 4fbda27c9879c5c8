using System.CommandLine;
using System.Globalization;
using LLoCO.Evaluation.Planning;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench device</c>: the figures that <c>lloco plan</c> divides by.</summary>
internal static class BenchDeviceVerb
{
    /// <summary>Describes the measurement.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="console">Where to write.</param>
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        Option<int> threads = BenchArguments.Threads();
        Option<string?> shape = MeasuredModel.Shape();
        var verb = new Command("device", "Speed of this machine with a model: the figures that 'lloco plan' divides by.")
        {
            shape, threads,
        };
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, _) =>
        {
            DeviceFigures figures = await MeasuredModel.RunAsync(
                common, parsed, parsed.GetValue(shape), parsed.GetValue(threads), (meter, _, _) => meter.Measure()).ConfigureAwait(false);
            console.Result(ToJson(figures), Describe(figures));
            return 0;
        });
        return verb;
    }

    /// <summary>The keys that scripts read.</summary>
    public static object ToJson(DeviceFigures figures) => new
    {
        flops_per_second = figures.FlopsPerSecond,
        attention_flops_per_second = figures.AttentionFlopsPerSecond ?? figures.FlopsPerSecond,
        weight_bytes_per_second = figures.WeightBytesPerSecond,
        cache_bytes_per_second = figures.CacheBytesPerSecond ?? figures.WeightBytesPerSecond,
        seconds_per_pass = figures.SecondsPerPass,
        seconds_per_pass_behind = figures.SecondsPerPassBehind ?? figures.SecondsPerPass,
        seconds_per_step = figures.SecondsPerStep ?? figures.SecondsPerPass,
    };

    /// <summary>One line for people.</summary>
    public static string Describe(DeviceFigures figures) => string.Create(
        CultureInfo.InvariantCulture,
        $"device: {figures.FlopsPerSecond / 1e9:F1} GFLOP/s in matrices, {
            (figures.AttentionFlopsPerSecond ?? figures.FlopsPerSecond) / 1e9:F1} in attention; per token {
            figures.WeightBytesPerSecond / 1e9:F2} GB/s of weights, {
            (figures.CacheBytesPerSecond ?? figures.WeightBytesPerSecond) / 1e9:F2} of keyValues; {
            figures.SecondsPerPass * 1e3:F3} ms a pass, {(figures.SecondsPerStep ?? figures.SecondsPerPass) * 1e3:F3} a step at least");
}
