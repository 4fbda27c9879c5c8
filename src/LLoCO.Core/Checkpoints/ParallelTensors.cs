namespace LLoCO.Core.Checkpoints;

/// <summary>Reads tensors on several cores: one core hashes slower than a page cache or a good disk delivers.</summary>
internal static class ParallelTensors
{
    private const int MaxReaders = 8;

    /// <summary>Calls an action once for each tensor.</summary>
    /// <param name="tensors">The tensors; the largest are read first, so that none of them remains alone at the end.</param>
    /// <param name="max">Most readers at once.</param>
    /// <param name="read">Called from several threads.</param>
    /// <param name="cancellationToken">Checked before each tensor.</param>
    /// <exception cref="CheckpointFormatException">The first that a reader met.</exception>
    internal static void Run(
        IReadOnlyCollection<TensorInfo> tensors, int max, Action<TensorInfo> read, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Min(max, Math.Min(Environment.ProcessorCount, MaxReaders)),
            CancellationToken = cancellationToken,
        };
        try
        {
            Parallel.ForEach(tensors.OrderByDescending(tensor => tensor.ByteLength), options, read);
        }
        catch (AggregateException errors) when (errors.InnerExceptions[0] is CheckpointFormatException first)
        {
            throw new CheckpointFormatException(first.File, first.Key, first.Fault, first);
        }
    }
}
