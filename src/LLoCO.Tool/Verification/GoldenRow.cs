namespace LLoCO.Tool.Verification;

/// <summary>How one kind of value of a golden case compares with what this library computes.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Kind">Kind of value: <c>compress.logits</c>, <c>sft.gradient</c>, …</param>
/// <param name="Compared">How many numbers were compared.</param>
/// <param name="MaxAbsDiff">The largest absolute difference; infinite where a number is not finite.</param>
/// <param name="Tolerance">The largest difference allowed.</param>
/// <param name="Ok">Whether all values are there and agree.</param>
/// <param name="Failures">Names of the values at fault and what is wrong with each; empty when <paramref name="Ok"/>.</param>
public sealed record GoldenRow(
    string Case,
    string Kind,
    long Compared,
    double MaxAbsDiff,
    double Tolerance,
    bool Ok,
    IReadOnlyList<string> Failures);
