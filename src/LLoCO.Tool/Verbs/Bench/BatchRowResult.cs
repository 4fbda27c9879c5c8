using System.Globalization;
using LLoCO.Core.Decoding;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>The result for a number of concurrent callers.</summary>
/// <param name="Callers">How many asked at the same time.</param>
/// <param name="Seconds">Time for all answers, median.</param>
/// <param name="SecondsSequential">Time for the same answers one after the other, median.</param>
/// <param name="TokensPerSecond">Generated tokens of all callers.</param>
/// <param name="SequencesPerStep">Answers that shared a step, on average.</param>
/// <param name="LibTorchThreads">Threads that libtorch's operators used, as libtorch says it.</param>
internal sealed record BatchRowResult(
    int Callers, double Seconds, double SecondsSequential, double TokensPerSecond, double SequencesPerStep, int LibTorchThreads)
{
    /// <summary>Writes the row.</summary>
    /// <param name="shape">The model's shape.</param>
    /// <param name="weights">The format of its weights.</param>
    /// <param name="console">Where to write.</param>
    public void Write(string shape, DecodeWeights weights, ToolConsole console)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"batch-{Callers}");
        double ratio = SecondsSequential / Seconds;
        console.Result(
            new
            {
                name,
                shape,
                weights,
                callers = Callers,
                seconds = Seconds,
                seconds_sequential = SecondsSequential,
                ratio,
                tokens_per_second = TokensPerSecond,
                rows_per_step = SequencesPerStep,
                libtorch_threads = LibTorchThreads,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-9} {TokensPerSecond,8:F0} tokens/s   {ratio:F2}x   {Seconds:F2} s against {SecondsSequential:F2} s one after "
                + $"the other   {SequencesPerStep:F1} rows a step"));
    }
}
