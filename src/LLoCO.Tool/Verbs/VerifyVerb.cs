using System.CommandLine;
using LLoCO.Tool.Verification;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco verify</c>: recomputes golden cases and prints the largest difference per kind of value.</summary>
internal static class VerifyVerb
{
    /// <summary>Describes the verb.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="console">Where to write.</param>
    public static Command Create(CommonArguments common, ToolConsole console)
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
        verb.SetAction((parsed, cancellationToken) => new VerifyRun(common.ParseDevice(parsed), console)
            .RunAsync(FindCases(parsed.GetValue(folders)!, console), cancellationToken));
        return verb;
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

            // A folder without scenarios is kept; the verifier reports what is missing.
            cases.AddRange(below.Length > 0 ? below : [path]);
        }

        return cases.Count > 0 ? cases : throw new ToolUsageException("verify: no golden case was given.");
    }
}
