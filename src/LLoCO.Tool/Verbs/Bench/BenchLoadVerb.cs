using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench load</c>: writes a checkpoint with random weights, loads it, asks it.</summary>
internal static class BenchLoadVerb
{
    /// <summary>Describes the verb.</summary>
    /// <param name="console">Where to write.</param>
    public static Command Create(ToolConsole console)
    {
        Option<string> shape = BenchArguments.Shape();
        var format = new Option<CheckpointFormat>("--format") { Description = "Kind of weight files." };
        Option<double> shard = new("--shard-gb")
        {
            Description = "Most gigabytes (10^9 bytes) of weights in one file.",
            DefaultValueFactory = _ => 5,
        };
        Option<int> repeats = CommonArguments.Number("--repeats", 1, 5, "Times to read and to load.");
        var folder = new Option<string?>("--out")
        {
            Description = "Folder to write the checkpoint into; by default a temporary one. Deleted afterwards.",
            HelpName = "DIR",
        };
        var cold = new Option<bool>("--cold") { Description = "Drop the files from the page cache before each reading (Linux)." };
        var verb = new Command("load", "Loading: times, memory, first answer, switching adapters.")
        {
            shape, format, shard, repeats, folder, cold,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string named = parsed.GetValue(shape)!;
            CheckpointFormat kind = parsed.GetValue(format);
            bool drops = parsed.GetValue(cold);
            string name = string.Create(
                CultureInfo.InvariantCulture,
                $"load-{named}-{kind.ToString().ToLowerInvariant()}{(drops ? "-cold" : string.Empty)}");
            await RunAsync(
                parsed.GetValue(folder) ?? Path.GetTempPath(), ModelShapes.Find(named), drops, console,
                async bench =>
                {
                    bench.Write(kind, (long)(parsed.GetValue(shard) * 1e9), cancellationToken);
                    await bench.RunAsync(name, parsed.GetValue(repeats), cancellationToken).ConfigureAwait(false);
                }).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    /// <summary>Measures in a folder that is deleted afterwards.</summary>
    private static async Task RunAsync(
        string parent, LlamaConfig config, bool cold, ToolConsole console, Func<BenchLoadRun, Task> measure)
    {
        EnsureRoom(parent, config);
        string made = Path.Combine(parent, "lloco-bench-" + Guid.NewGuid().ToString("N"));
        console.Error.WriteLine(BenchEnvironment.Describe(Environment.ProcessorCount));
        try
        {
            await measure(new BenchLoadRun(made, config, cold, console)).ConfigureAwait(false);
        }
        finally
        {
            if (Directory.Exists(made))
            {
                Directory.Delete(made, recursive: true);
            }
        }
    }

    private static void EnsureRoom(string parent, LlamaConfig config)
    {
        Directory.CreateDirectory(parent);
        long needed = RandomCheckpoint.Bytes(config);
        long free = new DriveInfo(Path.GetFullPath(parent)).AvailableFreeSpace;
        if (free < needed + (1L << 30))
        {
            throw new LlocoException(string.Create(
                CultureInfo.InvariantCulture,
                $"The checkpoint takes {needed / 1e9:F1} GB, '{parent}' has {free / 1e9:F1} GB free. Name another folder with --out."));
        }
    }
}
