using System.Globalization;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Runtime;
using LLoCO.Core;
using LLoCO.Tool.Verification;

namespace LLoCO.Tool.Verbs;

/// <summary>Recomputes golden cases.</summary>
/// <param name="device">Where tensors live.</param>
/// <param name="console">Where a row for each kind of value goes.</param>
internal sealed class VerifyRun(LlocoDevice device, ToolConsole console)
{
    /// <summary>Recomputes all numbers of cases.</summary>
    /// <param name="cases">Their folders.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The exit code: 1 where a number differs or is missing.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> cases, CancellationToken cancellationToken)
    {
        int failed = 0;
        foreach (string folder in cases)
        {
            foreach (GoldenRow row in await VerifyAsync(folder, cancellationToken).ConfigureAwait(false))
            {
                failed += row.Ok ? 0 : 1;
                Write(row);
            }
        }

        console.Error.WriteLine(failed == 0
            ? $"verify: all numbers of {cases.Count} cases agree."
            : $"verify: kinds of values that failed: {failed}.");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>A case that cannot be opened gives one failed row; the others are still verified.</summary>
    private async Task<IReadOnlyList<GoldenRow>> VerifyAsync(string folder, CancellationToken cancellationToken)
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

    private void Write(GoldenRow row)
    {
        double? difference = double.IsFinite(row.MaxAbsDiff) ? row.MaxAbsDiff : null;
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Case,-18} {row.Kind,-24} {row.Compared,8} compared   largest difference {row.MaxAbsDiff,9:0.0E+0}   "
            + $"allowed {row.Tolerance,9:0.0E+0}   {(row.Ok ? "ok" : "FAILED")}");
        var result = new Dictionary<string, object?>
        {
            ["case"] = row.Case,
            ["kind"] = row.Kind,
            ["compared"] = row.Compared,
            ["max_abs_diff"] = difference,
            ["tolerance"] = row.Tolerance,
            ["ok"] = row.Ok,
        };
        if (!row.Ok)
        {
            result["failures"] = row.Failures;
            text = string.Join(Environment.NewLine + "    ", row.Failures.Prepend(text));
        }

        console.Result(result, text);
    }
}
