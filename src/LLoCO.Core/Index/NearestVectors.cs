namespace LLoCO.Core.Index;

/// <summary>A passage whose vector is near to a question's.</summary>
/// <param name="Row">Its row in the index file.</param>
/// <param name="Owner">Its document's row.</param>
/// <param name="Start">Its first character.</param>
/// <param name="Score">Cosine similarity; an upper bound of it while vectors are compared by their bytes.</param>
internal readonly record struct NearPassage(long Row, long Owner, int Start, double Score);

/// <summary>Keeps the nearest passages of a stream: all that may be among the best, equal ones included.</summary>
/// <param name="limit">Most passages wanted.</param>
internal sealed class NearestVectors(int limit)
{
    // What has fallen behind is dropped when so many have been kept beyond those wanted.
    private const int Slack = 1_024;

    private readonly PriorityQueue<long, double> _worst = new();

    /// <summary>Gets what is kept, in no order.</summary>
    public List<NearPassage> Kept { get; } = [];

    /// <summary>Tells whether a passage may be among the best.</summary>
    /// <param name="atMost">Its similarity, or a bound that it does not exceed.</param>
    public bool MayTake(double atMost) => _worst.Count < limit || !_worst.TryPeek(out _, out double least) || atMost >= least;

    /// <summary>Takes a passage.</summary>
    /// <param name="near">The passage, with its similarity or what that does not exceed.</param>
    /// <param name="atLeast">What its similarity is at least.</param>
    public void Take(NearPassage near, double atLeast)
    {
        if (_worst.Count < limit)
        {
            _worst.Enqueue(0, atLeast);
        }
        else
        {
            _worst.EnqueueDequeue(0, atLeast);
        }

        Kept.Add(near);
        if (Kept.Count > (2L * limit) + Slack)
        {
            Drop();
        }
    }

    /// <summary>Drops what is no longer among the best; of equal ones none.</summary>
    public void Drop()
    {
        if (_worst.Count == limit && _worst.TryPeek(out _, out double least))
        {
            Kept.RemoveAll(one => one.Score < least);
        }
    }
}
