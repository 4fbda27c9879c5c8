using System.CommandLine;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench</c>: quick measurements of speed, one sub-verb each.</summary>
internal static class BenchVerb
{
    /// <summary>Describes the verb.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="console">Where to write.</param>
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var verb = new Command("bench", "Measures speed on this machine in minutes; random weights of well-known shapes.");
        foreach (Command measurement in Measurements(common, console))
        {
            verb.Subcommands.Add(measurement);
        }

        return verb;
    }

    private static IEnumerable<Command> Measurements(CommonArguments common, ToolConsole console) =>
    [
        BenchDecodeVerb.Create(console),
        BenchDeviceVerb.Create(common, console),
        BenchEnvironmentVerb.Create(common, console),
        BenchFinetuneVerb.Create(common, console),
        BenchBatchVerb.Create(console),
        BenchLoadVerb.Create(console),
        BenchMemoryVerb.Create(console),
        BenchQualityVerb.Create(common, console),
        BenchCompressVerb.Create(console),
        BenchPromptVerb.Create(console),
        BenchRoutingVerb.Create(common, console),
        BenchSpeedupVerb.Create(console),
    ];
}
