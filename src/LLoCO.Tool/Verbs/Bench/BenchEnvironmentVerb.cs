using System.CommandLine;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench environment</c>: what the measurements ran on, with the memory's read bandwidth.</summary>
internal static class BenchEnvironmentVerb
{
    /// <summary>Describes the measurement.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="console">Where to write.</param>
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        ArgumentNullException.ThrowIfNull(common);
        var threads = BenchArguments.Threads();
        var verb = new Command("environment", "The machine, the versions, and the memory's read bandwidth.") { threads };
        verb.SetAction((parsed, _) =>
        {
            BenchEnvironment environment = BenchEnvironment.Describe(parsed.GetValue(threads));
            double bandwidth = ReadBandwidth.Measure(environment.Threads);
            console.Result(
                new { environment, read_gigabytes_per_second = bandwidth },
                FormattableString.Invariant($"{environment}\nmemory read: {bandwidth:F1} GB/s"));
            return Task.FromResult(0);
        });
        return verb;
    }
}
