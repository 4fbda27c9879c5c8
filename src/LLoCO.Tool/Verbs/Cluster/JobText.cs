using System.Globalization;
using LLoCO.Orleans;

namespace LLoCO.Tool.Verbs.Cluster;

/// <summary>Writes how far a job is.</summary>
internal static class JobText
{
    /// <summary>Writes a line, and one for each unit that was set aside.</summary>
    /// <param name="status">The job.</param>
    /// <param name="console">Where to.</param>
    public static void Write(JobStatus status, ToolConsole console)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{status.Id}: {status.State.ToString().ToLowerInvariant()}, {status.Done} of {status.Units} {(
                status.Kind == JobKind.Compress ? "documents" : "adapters")} done, {status.Running.Count} running, {
                status.SetAsideCount} set aside, {status.Tokens} tokens, silos lost {status.Lost} times");
        IEnumerable<string> lines =
        [
            text,
            .. status.Fault is null ? [] : new[] { $"  WARNING: {status.Fault}" },
            .. status.SetAside.Select(unit => $"  set aside: {unit.Id}, {unit.Failures} failures: {unit.Reason}"),
        ];
        console.Result(ToJson(status), string.Join(Environment.NewLine, lines));
    }

    private static object ToJson(JobStatus status) => new
    {
        job = status.Id,
        kind = status.Kind,
        group = status.Group,
        state = status.State,
        priority = status.Priority,
        units = status.Units,
        done = status.Done,
        running = status.Running.Select(unit => new { unit = unit.Id, silo = unit.Silo, done = unit.Done, all = unit.All }),
        set_aside = status.SetAside.Select(unit => new { unit = unit.Id, failures = unit.Failures, reason = unit.Reason }),
        set_aside_count = status.SetAsideCount,
        tokens = status.Tokens,
        lost = status.Lost,
        fault = status.Fault,
    };
}
