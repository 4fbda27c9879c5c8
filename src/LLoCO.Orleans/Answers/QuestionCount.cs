namespace LLoCO.Orleans.Answers;

/// <summary>The questions in progress on a silo. Safe for concurrent use.</summary>
/// <param name="options">The limit.</param>
internal sealed class QuestionCount(ClusterOptions options)
{
    private int _count;

    /// <summary>Gets the number of questions.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts a question.</summary>
    /// <exception cref="ClusterBusyException">There are as many as there may be.</exception>
    public void Enter()
    {
        if (Interlocked.Increment(ref _count) > options.MaxQuestions)
        {
            Interlocked.Decrement(ref _count);
            throw new ClusterBusyException($"The silo that holds these documents has {options.MaxQuestions} questions already, as many as it "
                + "may have (MaxQuestions). Ask again later, allow more, or add silos.");
        }
    }

    /// <summary>Counts the end of a question.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
