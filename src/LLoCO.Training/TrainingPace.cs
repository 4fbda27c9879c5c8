namespace LLoCO.Training;

/// <summary>The pace of the last steps.</summary>
internal sealed class TrainingPace
{
    private const int Window = 20;

    private readonly Queue<(long Tokens, TimeSpan Taken)> _last = new();

    /// <summary>Gets positions per second.</summary>
    internal double TokensPerSecond => Seconds > 0 ? _last.Sum(step => step.Tokens) / Seconds : 0;

    /// <summary>Gets the time of a step.</summary>
    internal TimeSpan PerStep => _last.Count > 0 ? TimeSpan.FromSeconds(Seconds / _last.Count) : TimeSpan.Zero;

    private double Seconds => _last.Sum(step => step.Taken.TotalSeconds);

    /// <summary>Adds a step and forgets the oldest.</summary>
    internal void Add(long tokens, TimeSpan taken)
    {
        _last.Enqueue((tokens, taken));
        if (_last.Count > Window)
        {
            _last.Dequeue();
        }
    }
}
