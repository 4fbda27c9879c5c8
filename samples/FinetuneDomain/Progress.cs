using System.Diagnostics;
using LLoCO.Training;

namespace FinetuneDomain;

/// <summary>Writes a line every few seconds.</summary>
internal sealed class Progress(Stopwatch clock) : IProgress<TrainingProgress>
{
    private const double Seconds = 10;
    private double _last = double.NegativeInfinity;

    public void Report(TrainingProgress value)
    {
        if (clock.Elapsed.TotalSeconds - _last < Seconds && value.Step < value.Steps)
        {
            return;
        }

        _last = clock.Elapsed.TotalSeconds;
        Console.WriteLine(
            $"[{_last,5:F0} s] step {value.Step} of {value.Steps}, loss {value.Loss:F3}, "
            + $"{value.Remaining.TotalSeconds:F0} s left");
    }
}
