using System.Diagnostics;
using System.Runtime.CompilerServices;
using LLoCO.Core;
using LLoCO.Core.Validation;
using LLoCO.Orleans.Jobs;
using LLoCO.Orleans.Work;
using LLoCO.Training;
using Microsoft.Extensions.Hosting;
using Orleans;

namespace LLoCO.Orleans;

/// <summary>The silos of a cluster, seen from a client: starts jobs and follows them. Safe for concurrent use.</summary>
public sealed partial class LlocoCluster
{
    private const int DocumentsPerCall = 1000;

    private const string LookAgain = "Try again; nothing was changed.";
    private const string BegunOrNot = "Try again. 'lloco jobs list' shows whether this job was begun all the same.";
    private const string DoneOrNot = "'lloco jobs show' tells whether the job heard of it; doing it twice is harmless.";

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);

    private readonly IClusterClient _client;

    internal LlocoCluster(IClusterClient client) => _client = client;

    /// <summary>Starts a host with a client, and says in plain words if no silo answers.</summary>
    /// <param name="host">The host, with <c>AddLlocoCluster</c>.</param>
    /// <param name="longest">How long silos may take.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that ends when the client is connected.</returns>
    /// <exception cref="LlocoException">No silo answered in time.</exception>
    public static async Task ConnectAsync(IHost host, TimeSpan longest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(longest);
        try
        {
            await host.StartAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not LlocoException && !cancellationToken.IsCancellationRequested)
        {
            string reason = error is OperationCanceledException or TimeoutException ? "." : $": {error.Message.TrimEnd('.')}.";
            throw new LlocoException($"No silo of the cluster answered within {longest.TotalSeconds:F0} s{reason} Start one with 'lloco work', "
                + "with the same folder or database. If one runs, it may have had no time to answer on a busy machine: try again.", error);
        }
    }

    /// <summary>Starts to compress documents.</summary>
    /// <param name="spec">Group, priority and the like; of kind <see cref="JobKind.Compress"/>.</param>
    /// <param name="documents">The documents; of two with the same id, the first counts. They are sent in parts of 1,000.</param>
    /// <param name="cancellationToken">Checked before each part; the job that was begun is cancelled then.</param>
    /// <returns>The job's id.</returns>
    /// <exception cref="ClusterBusyException">There are as many open jobs, or documents, as there may be.</exception>
    /// <exception cref="LlocoException">The job is of the other kind.</exception>
    public async Task<string> StartAsync(
        JobSpec spec, IEnumerable<JobDocument> documents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(documents);
        return spec.Kind == JobKind.Compress && spec.Finetune is null
            ? await FillAsync(spec, documents, cancellationToken).ConfigureAwait(false)
            : throw new LlocoException("A job over documents compresses them; an adapter is trained by the other StartAsync.");
    }

    /// <summary>Starts to train the adapter of a group. It is in the shared folder when the job has ended, and silos answer with it.</summary>
    /// <param name="spec">Group, questions and settings; of kind <see cref="JobKind.Finetune"/>.</param>
    /// <param name="cancellationToken">Checked before the job is begun.</param>
    /// <returns>The job's id.</returns>
    /// <exception cref="ClusterBusyException">There are as many open jobs as there may be.</exception>
    /// <exception cref="LlocoException">The job is of the other kind, or a setting is out of range.</exception>
    public async Task<string> StartAsync(JobSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Kind != JobKind.Finetune || spec.Finetune is not { } training)
        {
            throw new LlocoException("A job without documents trains an adapter: give it the kind Finetune and a FinetuneSpec.");
        }

        OptionsFaults.ThrowIfAny(FinetuneRunner.Complete(training, new AdapterTrainingOptions()), "training options");
        return await FillAsync(spec, [new JobDocument(spec.Group, training.Questions)], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the jobs that are not ended, in the order in which silos take their units.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Their states.</returns>
    public async Task<IReadOnlyList<JobStatus>> ListAsync(CancellationToken cancellationToken = default)
    {
        var states = new List<JobStatus>();
        foreach (string jobId in await SiloCall.WaitAsync(Board.ListAsync(), LookAgain, cancellationToken).ConfigureAwait(false))
        {
            JobStatus status = await SiloCall.WaitAsync(Job(jobId).StatusAsync(), LookAgain, cancellationToken).ConfigureAwait(false);
            // One that ended a moment ago may still be on the board.
            if (IsThere(status) && !status.IsEnded)
            {
                states.Add(status);
            }
        }

        return states;
    }

    /// <summary>Tells how far a job is.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its state.</returns>
    /// <exception cref="LlocoException">There is no such job.</exception>
    public async Task<JobStatus> FindAsync(string jobId, CancellationToken cancellationToken = default) =>
        EnsureThere(await SiloCall.WaitAsync(Job(jobId).StatusAsync(), LookAgain, cancellationToken).ConfigureAwait(false));

    /// <summary>Follows a job until it has ended. Each state holds all that happened before, so nothing is missed by who reads slowly, or
    /// looks away: the silo keeps nothing for this reader. If no silo answers, it tries again for 5 minutes.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="cancellationToken">Ends the following; the job goes on.</param>
    /// <returns>The state now, after each change, and every 5 seconds without one.</returns>
    /// <exception cref="LlocoException">There is no such job.</exception>
    public async IAsyncEnumerable<JobStatus> WatchAsync(
        string jobId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        long version = -1;
        while (true)
        {
            JobStatus status = await RetryAsync(() => Job(jobId).WaitAsync(version, Beat), cancellationToken).ConfigureAwait(false);
            yield return EnsureThere(status);
            if (status.IsEnded)
            {
                yield break;
            }

            version = status.Version;
        }
    }

    /// <summary>Lets silos take no further units of a job. Those in progress stop after their segment or step, and keep it.</summary>
    /// <param name="jobId">The job.</param>
    /// <returns>A task that ends when that is durable.</returns>
    public Task PauseAsync(string jobId) => ControlAsync(jobId, JobAction.Pause);

    /// <summary>Lets a paused job go on.</summary>
    /// <param name="jobId">The job.</param>
    /// <returns>A task that ends when that is durable.</returns>
    public Task ResumeAsync(string jobId) => ControlAsync(jobId, JobAction.Resume);

    /// <summary>Ends a job. What it did stays in the index.</summary>
    /// <param name="jobId">The job.</param>
    /// <returns>A task that ends when that is durable.</returns>
    public Task CancelAsync(string jobId) => ControlAsync(jobId, JobAction.Cancel);

    /// <summary>Gives the units of a job that were set aside a new chance.</summary>
    /// <param name="jobId">The job.</param>
    /// <returns>A task that ends when that is durable.</returns>
    public Task RetryAsync(string jobId) => ControlAsync(jobId, JobAction.Retry);

    /// <summary>Changes the priority of a job.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="priority">The new one, -100 to 100.</param>
    /// <returns>A task that ends when that is durable.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The priority is out of range.</exception>
    public Task SetPriorityAsync(string jobId, int priority)
    {
        CheckPriority(priority);
        return ControlAsync(jobId, JobAction.Prioritize, priority);
    }

    private IJobBoardGrain Board => _client.GetGrain<IJobBoardGrain>(0);

    // The first version of a job is the event that creates it.
    private static bool IsThere(JobStatus status) => status.Version > 0;

    private static JobStatus EnsureThere(JobStatus status) => IsThere(status) ? status : throw JobNames.NoSuchJob(status.Id);

    private static void CheckPriority(int priority)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(priority, -100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, 100);
    }

    /// <summary>A silo that dies takes calls with it; looking again is harmless.</summary>
    private static async Task<T> RetryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await call().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (
                Stopwatch.GetElapsedTime(start) >= LongestSilence && SiloCall.Explain(error, LookAgain) is { } told)
            {
                throw told;
            }
            catch (Exception error) when (
                error is not (LlocoException or OperationCanceledException) && Stopwatch.GetElapsedTime(start) < LongestSilence)
            {
                await Task.Delay(PauseBetweenTries, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private Task ControlAsync(string jobId, JobAction action, int priority = 0) =>
        SiloCall.WaitAsync(Job(jobId).ControlAsync(action, priority), DoneOrNot);

    private IJobGrain Job(string jobId)
    {
        ArgumentNullException.ThrowIfNull(jobId);
        return JobNames.IsValid(jobId)
            ? _client.GetGrain<IJobGrain>(jobId)
            : throw new LlocoException($"'{jobId}' is no id of a job: it has 1 to 64 of the characters a-z, 0-9 and '-'.");
    }

    private async Task<string> FillAsync(JobSpec spec, IEnumerable<JobDocument> documents, CancellationToken cancellationToken)
    {
        CheckPriority(spec.Priority);
        ArgumentException.ThrowIfNullOrWhiteSpace(spec.Group);
        string id = JobNames.New(spec.Kind);
        IJobGrain job = Job(id);
        try
        {
            await SiloCall.WaitAsync(job.CreateAsync(spec), BegunOrNot, cancellationToken).ConfigureAwait(false);
            foreach (JobDocument[] part in documents.Chunk(DocumentsPerCall))
            {
                await SiloCall.WaitAsync(job.AddAsync(part), BegunOrNot, cancellationToken).ConfigureAwait(false);
            }

            await SiloCall.WaitAsync(job.StartAsync(), BegunOrNot, cancellationToken).ConfigureAwait(false);
            return id;
        }
        catch
        {
            // Only for a moment: where no silo answers, this has no answer either.
            await job.ControlAsync(JobAction.Cancel, 0).WaitAsync(Beat, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }
}
