using LLoCO.Core;
using LLoCO.Orleans.Jobs;
using LLoCO.Postgres;

namespace LLoCO.Orleans.Work;

/// <summary>Compresses documents into the shared index.</summary>
/// <param name="pipeline">The silo's pipeline, over a <see cref="ClusterIndex"/>.</param>
/// <param name="open">Makes a document of a unit.</param>
internal sealed class CompressRunner(LlocoPipeline pipeline, OpenDocument open) : IUnitRunner
{
    /// <inheritdoc/>
    public JobKind Kind => JobKind.Compress;

    /// <inheritdoc/>
    public string Fingerprint { get; } = pipeline.Fingerprint.ToString();

    /// <inheritdoc/>
    public async Task<long> RunAsync(WorkLease lease, WorkProgress progress, CancellationToken cancellationToken)
    {
        SourceDocument document = open(new JobDocument(lease.Unit, lease.Path), lease.Spec.Group, lease.Spec.Replaces);
        var steps = new Steps(progress);
        await foreach (IngestResult result in pipeline.IngestAsync([document], steps, cancellationToken).ConfigureAwait(false))
        {
            // These say nothing about the document; the caller tells them apart.
            return result.Failure is LeaseLostException or PostgresUnavailableException or PostgresVersionException
                ? throw result.Failure
                : result.EnsureSuccess().Tokens;
        }

        throw new LlocoException($"The pipeline gave no result for '{lease.Unit}'.");
    }

    private sealed class Steps(WorkProgress progress) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => progress.Set(value.SegmentsDone, value.Segments);
    }
}
