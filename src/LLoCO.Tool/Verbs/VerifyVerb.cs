using System.CommandLine;
using System.Globalization;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Runtime;
using LLoCO.Tool.Verification;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco verify</c>: recomputes golden cases and prints the largest difference per kind of value.</summary>
internal static class VerifyVerb
{
    /// <summary>Describes the verb.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="console">Where to write.</param>
    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var folders = new Argument<string[]>("folder")
        {
            Description = "Golden cases, or folders of golden cases.",
            Arity = ArgumentArity.OneOrMore,
        };
        var verb = new Command("verify", "Recomputes every number of golden cases; fails where one differs or is missing.")
        {
            folders,
            common.Device,
        };
        verb.SetAction((parsed, cancellationToken) => RunAsync(
            FindCases(parsed.GetValue(folders)!, console), common.ParseDevice(parsed), console, cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<string> cases, LlocoDevice device, ToolConsole console, CancellationToken cancellationToken)
    {
        int failed = 0;
        foreach (string folder in cases)
        {
            foreach (GoldenRow row in await VerifyAsync(folder, device, cancellationToken).ConfigureAwait(false))
            {
                failed += row.Ok ? 0 : 1;
                Write(row, console);
            }
        }

        console.Error.WriteLine(failed == 0
            ? $"verify: all numbers of {cases.Count} cases agree."
            : $"verify: kinds of values that failed: {failed}.");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>A case that cannot be opened is one failed row: the others are still verified.</summary>
    private static async Task<IReadOnlyList<GoldenRow>> VerifyAsync(
        string folder, LlocoDevice device, CancellationToken cancellationToken)
    {
        try
        {
            return await GoldenVerifier.VerifyAsync(folder, device, cancellationToken).ConfigureAwait(false);
        }
        catch (CheckpointFormatException failure)
        {
            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
            return [new GoldenRow(name, "fixture", 0, 0, 0, Ok: false, [failure.Message])];
        }
    }

    private static void Write(GoldenRow row, ToolConsole console)
    {
        double? difference = double.IsFinite(row.MaxAbsDiff) ? row.MaxAbsDiff : null;
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Case,-18} {row.Kind,-24} {row.Compared,8} compared   largest difference {row.MaxAbsDiff,9:0.0E+0}   "
            + $"allowed {row.Tolerance,9:0.0E+0}   {(row.Ok ? "ok" : "FAILED")}");
        if (row.Ok)
        {
            console.Result(
                new
                {
                    @case = row.Case,
                    kind = row.Kind,
                    compared = row.Compared,
                    max_abs_diff = difference,
                    tolerance = row.Tolerance,
                    ok = true,
                },
                text);
            return;
        }

        console.Result(
            new
            {
                @case = row.Case,
                kind = row.Kind,
                compared = row.Compared,
                max_abs_diff = difference,
                tolerance = row.Tolerance,
                ok = false,
                failures = row.Failures,
            },
            string.Join(Environment.NewLine + "    ", row.Failures.Prepend(text)));
    }

    /// <summary>Finds the cases: folders with scenarios, or such folders one level down.</summary>
    private static List<string> FindCases(string[] paths, ToolConsole console)
    {
        var cases = new List<string>();
        foreach (string path in paths)
        {
            if (File.Exists(path))
            {
                // A shell's * also names the README beside the cases.
                console.Error.WriteLine($"verify: {path} is a file, not a golden case; passed over.");
                continue;
            }

            string[] below = !Directory.Exists(path) || File.Exists(Path.Combine(path, GoldenVerifier.ScenarioFile))
                ? []
                : [.. Directory.EnumerateDirectories(path)
                    .Where(child => File.Exists(Path.Combine(child, GoldenVerifier.ScenarioFile)))
                    .Order(StringComparer.Ordinal)];

            // A folder without scenarios is kept: the verifier says what it lacks.
            cases.AddRange(below.Length > 0 ? below : [path]);
        }

        return cases.Count > 0 ? cases : throw new ToolUsageException("verify: no golden case was given.");
    }
}
