namespace LLoCO.Orleans;

/// <summary>Keeps the events of jobs where every silo reads them. An event is a line of text; the order of lines counts within a writer
/// only. Implementations are safe for concurrent use by several processes.</summary>
public interface IJobStore
{
    /// <summary>Lists the jobs that are not closed.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Their ids.</returns>
    ValueTask<IReadOnlyList<string>> ListOpenAsync(CancellationToken cancellationToken = default);

    /// <summary>Lists all jobs.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Their ids.</returns>
    ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the events of a job.</summary>
    /// <param name="jobId">The job; one that is not there has no events.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The lines of all writers, those of earlier writers first.</returns>
    ValueTask<IReadOnlyList<string>> ReadAsync(string jobId, CancellationToken cancellationToken = default);

    /// <summary>Reads the events of a job and becomes its next writer.</summary>
    /// <param name="jobId">The job; a new one has no events.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of the writer, larger than that of all before it, and the lines of all writers, those of earlier writers
    /// first.</returns>
    ValueTask<(int Writer, IReadOnlyList<string> Lines)> OpenAsync(string jobId, CancellationToken cancellationToken = default);

    /// <summary>Tells whether a writer is the last one. Whoever is not must give no unit away any more: what it decides is not known to
    /// its successor. An implementation tells the truth of the moment in which it is called, not of an earlier one.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="writer">The number that <see cref="OpenAsync"/> gave.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether no other has become the writer since.</returns>
    ValueTask<bool> IsLastAsync(string jobId, int writer, CancellationToken cancellationToken = default);

    /// <summary>Adds events.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="writer">The number that <see cref="OpenAsync"/> gave.</param>
    /// <param name="lines">The events; none holds a line break.</param>
    /// <param name="cancellationToken">Cancels before anything is written.</param>
    /// <returns>A task that ends when they are durable.</returns>
    ValueTask AppendAsync(
        string jobId, int writer, IReadOnlyList<string> lines, CancellationToken cancellationToken = default);

    /// <summary>Marks a job as closed or open: what is closed is not listed as open.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="isClosed">Whether it has ended.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when the mark is durable.</returns>
    ValueTask MarkAsync(string jobId, bool isClosed, CancellationToken cancellationToken = default);
}
