using LLoCO.Orleans.Jobs;

namespace LLoCO.Orleans.Work;

/// <summary>Does the work of one kind of units.</summary>
internal interface IUnitRunner
{
    /// <summary>Gets the kind.</summary>
    JobKind Kind { get; }

    /// <summary>Gets the fingerprint of the model that works.</summary>
    string Fingerprint { get; }

    /// <summary>Does a unit, or the rest of it.</summary>
    /// <param name="lease">The unit.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Stops after the step in progress; what is done is kept.</param>
    /// <returns>Tokens of the document; 0 for an adapter.</returns>
    Task<long> RunAsync(WorkLease lease, WorkProgress progress, CancellationToken cancellationToken);
}
