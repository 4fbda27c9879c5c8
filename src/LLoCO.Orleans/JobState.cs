namespace LLoCO.Orleans;

/// <summary>How far a job is.</summary>
public enum JobState
{
    /// <summary>Units are still being added; nothing is worked on.</summary>
    Filling = 0,

    /// <summary>Silos take its units.</summary>
    Running = 1,

    /// <summary>No silo takes further units; those in progress stop after their segment or training step, and keep it.</summary>
    Paused = 2,

    /// <summary>It was cancelled. What was done stays in the index.</summary>
    Cancelled = 3,

    /// <summary>Every unit is done or set aside.</summary>
    Finished = 4,
}
