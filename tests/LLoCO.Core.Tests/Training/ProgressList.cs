using LLoCO.Training;

namespace LLoCO.Core.Tests.Training;

/// <summary>Hands progress on at once, on the thread that reports it.</summary>
internal sealed class ProgressList(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => tell(value);
}
