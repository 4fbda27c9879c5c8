using LLoCO.Orleans;
using LLoCO.Readers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LLoCO.Tool.Verbs.Cluster;

/// <summary>The runs of <c>lloco jobs</c>. Only these load Orleans.</summary>
internal static class JobsRun
{
    private static readonly TimeSpan LongestConnect = TimeSpan.FromSeconds(20);

    /// <summary>Starts a job over documents.</summary>
    public static Task<int> StartAsync(
        StartedJob job, IReadOnlyList<FoundFile> files, string prefix, bool replaces, ToolConsole console,
        CancellationToken cancellationToken) => ConnectAsync(
            job.Cluster,
            console,
            async cluster =>
            {
                string id = await cluster.StartAsync(
                    new JobSpec(JobKind.Compress) { Group = job.Group, Priority = job.Priority, Replaces = replaces },
                    files.Select(file => new JobDocument(prefix + file.Id, Path.GetFullPath(file.Path))),
                    cancellationToken).ConfigureAwait(false);
                return await FollowAsync(cluster, id, job.Watch, console, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Starts a job that trains an adapter.</summary>
    public static Task<int> FinetuneAsync(
        StartedJob job, string data, int epochs, int? steps, int checkpointEvery, ToolConsole console,
        CancellationToken cancellationToken) => ConnectAsync(
            job.Cluster,
            console,
            async cluster =>
            {
                string id = await cluster.StartAsync(
                    new JobSpec(JobKind.Finetune)
                    {
                        Group = job.Group,
                        Priority = job.Priority,
                        Finetune = new FinetuneSpec(data) { Epochs = epochs, MaxSteps = steps, CheckpointEvery = checkpointEvery },
                    },
                    cancellationToken).ConfigureAwait(false);
                return await FollowAsync(cluster, id, job.Watch, console, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    /// <summary>Finds the models of a cluster.</summary>
    /// <param name="options">The cluster.</param>
    /// <exception cref="ToolUsageException">It has no shared folder.</exception>
    public static FolderModelStore ModelsOf(ClusterOptions options) => options.Folder is { } folder
        ? new FolderModelStore(Path.Combine(folder, "models"))
        : throw new ToolUsageException("Models are in the shared folder: name it with --folder.");

    /// <summary>Puts a model into the shared folder.</summary>
    public static async Task<int> PublishAsync(
        ClusterOptions options, string model, string name, ToolConsole console, CancellationToken cancellationToken)
    {
        foreach (ModelFile file in await ModelsOf(options).PublishAsync(name, model, cancellationToken).ConfigureAwait(false))
        {
            console.Result(new { file = file.Name, bytes = file.Length, hash = file.Hash }, $"{file.Name}: {file.Length} bytes, {file.Hash}");
        }

        return 0;
    }

    /// <summary>Lists jobs.</summary>
    public static Task<int> ListAsync(ClusterOptions options, ToolConsole console, CancellationToken cancellationToken) => ConnectAsync(
        options,
        console,
        async cluster =>
        {
            foreach (JobStatus status in await cluster.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                JobText.Write(status, console);
            }

            return 0;
        },
        cancellationToken);

    /// <summary>Shows a job, or follows it.</summary>
    public static Task<int> ShowAsync(
        ClusterOptions options, string id, bool watch, ToolConsole console, CancellationToken cancellationToken) => ConnectAsync(
            options, console, cluster => FollowAsync(cluster, id, watch, console, cancellationToken), cancellationToken);

    /// <summary>Pauses, resumes, cancels or retries a job.</summary>
    public static Task<int> ControlAsync(
        ClusterOptions options, string id, JobsAction action, ToolConsole console, CancellationToken cancellationToken) => ConnectAsync(
            options,
            console,
            async cluster =>
            {
                await (action switch
                {
                    JobsAction.Pause => cluster.PauseAsync(id),
                    JobsAction.Resume => cluster.ResumeAsync(id),
                    JobsAction.Cancel => cluster.CancelAsync(id),
                    _ => cluster.RetryAsync(id),
                }).ConfigureAwait(false);
                return await FollowAsync(cluster, id, watch: false, console, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    private static async Task<int> FollowAsync(
        LlocoCluster cluster, string id, bool watch, ToolConsole console, CancellationToken cancellationToken)
    {
        if (!watch)
        {
            JobText.Write(await cluster.FindAsync(id, cancellationToken).ConfigureAwait(false), console);
            return 0;
        }

        JobStatus? last = null;
        await foreach (JobStatus status in cluster.WatchAsync(id, cancellationToken).ConfigureAwait(false))
        {
            if (last is null || (last.Done, last.SetAsideCount, last.State) != (status.Done, status.SetAsideCount, status.State))
            {
                JobText.Write(status, console);
                await console.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            last = status;
        }

        return last is { State: JobState.Finished, SetAsideCount: 0 } ? 0 : 1;
    }

    private static async Task<int> ConnectAsync(
        ClusterOptions options, ToolConsole console, Func<LlocoCluster, Task<int>> run, CancellationToken cancellationToken)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(new WriterLoggerFactory(console.Error, console.Verbose));
        builder.AddLlocoCluster(options);
        using IHost host = builder.Build();
        await LlocoCluster.ConnectAsync(host, LongestConnect, cancellationToken).ConfigureAwait(false);
        int code = await run(host.Services.GetRequiredService<LlocoCluster>()).ConfigureAwait(false);
        await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return code;
    }
}
