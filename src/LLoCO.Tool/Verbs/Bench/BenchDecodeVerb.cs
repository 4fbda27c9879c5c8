using System.CommandLine;
using System.Globalization;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench decode</c>: tokens per second, compared with the time of reading the weights once.</summary>
internal static class BenchDecodeVerb
{
    /// <summary>Describes the measurement.</summary>
    /// <param name="console">Where to write.</param>
    public static Command Create(ToolConsole console)
    {
        Option<string> shape = BenchArguments.Shape();
        Option<int> threads = BenchArguments.Threads();
        var weights = new Option<BenchWeights[]>("--weights")
        {
            Description = "Number formats of the weights.",
            DefaultValueFactory = _ => [BenchWeights.Bf16],
            AllowMultipleArgumentsPerToken = true,
        };
        var depths = new Option<int[]>("--depth")
        {
            Description = "Positions in front of the first token, filled with random keys and values.",
            DefaultValueFactory = _ => [0],
            AllowMultipleArgumentsPerToken = true,
        };
        var baseline = new Option<bool>("--baseline") { Description = "Times libtorch's operators, too, in turn." };
        var verb = new Command("decode", "Generating tokens: tokens/s, GB/s and the share of the memory's read bandwidth.")
        {
            shape, weights, depths, threads, baseline,
        };
        verb.SetAction((parsed, cancellationToken) =>
        {
            BenchEnvironment environment = BenchEnvironment.Describe(parsed.GetValue(threads));
            console.Error.WriteLine(environment);
            foreach (BenchWeights format in parsed.GetValue(weights)!.Distinct())
            {
                using var measurement = new BenchDecodeRun(parsed.GetValue(shape)!, format, environment.Threads);
                foreach (int depth in parsed.GetValue(depths)!.Distinct())
                {
                    cancellationToken.ThrowIfCancellationRequested();

                    // Measured for each row, because memory speed drifts within minutes on a shared machine.
                    double bandwidth = ReadBandwidth.Measure(environment.Threads);
                    DecodeTimes times = measurement.Measure(depth, parsed.GetValue(baseline));
                    Write(console, environment, parsed.GetValue(shape)!, format, depth, bandwidth, times);
                }
            }

            return Task.FromResult(0);
        });
        return verb;
    }

    private static void Write(
        ToolConsole console, BenchEnvironment environment, string shape, BenchWeights weights, int depth, double bandwidth,
        DecodeTimes times)
    {
        double speed = times.Bytes / times.Seconds / 1e9;
        string name = string.Create(
            CultureInfo.InvariantCulture, $"decode-{shape}-{weights.ToString().ToLowerInvariant()}-{depth}");
        string against = times.LibTorchSeconds is { } slow
            ? string.Create(CultureInfo.InvariantCulture, $"; libtorch {1 / slow:F1} tokens/s, {slow / times.Seconds:F2}x")
            : string.Empty;
        console.Result(
            new
            {
                name,
                shape,
                weights,
                depth,
                tokens_per_second = 1 / times.Seconds,
                seconds = times.Seconds,
                baseline_seconds = times.LibTorchSeconds,
                ratio = times.LibTorchSeconds / times.Seconds,
                gigabytes_per_second = speed,
                read_gigabytes_per_second = bandwidth,
                share = speed / bandwidth,
                environment,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-24} {1 / times.Seconds,8:F1} tokens/s, {times.Bytes / 1e6,7:F0} MB each, {speed,5:F1} GB/s, "
                + $"{speed / bandwidth,4:P0} of {bandwidth:F1}{against}"));
    }
}
