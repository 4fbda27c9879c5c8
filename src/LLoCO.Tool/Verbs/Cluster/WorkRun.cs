using System.CommandLine;
using LLoCO.Core;
using LLoCO.Orleans;
using LLoCO.Readers;
using LLoCO.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace LLoCO.Tool.Verbs.Cluster;

/// <summary>Runs a silo until it is interrupted.</summary>
internal static class WorkRun
{
    /// <summary>Starts the silo, says its name, and waits.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="arguments">The options of the silo.</param>
    /// <param name="common">The options of the model.</param>
    /// <param name="console">Where the address is written.</param>
    /// <param name="cancellationToken">Ends it: units in progress stop after their segment or step, and keep it.</param>
    public static async Task<int> RunAsync(
        ParseResult parsed, WorkArguments arguments, CommonArguments common, ToolConsole console, CancellationToken cancellationToken)
    {
        ClusterOptions options = arguments.Read(parsed);
        string index = parsed.GetValue(arguments.Index)!;
        ModelPackage model = await FindModelAsync(parsed, arguments, common, options, cancellationToken).ConfigureAwait(false);
        LlocoPipelineBuilder described = common.Describe(parsed, console).UseModel(model);
        IHostApplicationBuilder builder = parsed.GetValue(arguments.Dashboard) is { } port
            ? SiloDashboard.Create(port)
            : Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(new WriterLoggerFactory(console.Error, console.Verbose));
        builder.AddLlocoSilo(options, new LlocoSiloSetup
        {
            Index = cancel => IndexArguments.OpenOrCreateAsync(index, cancel),
            Pipeline = described,
            Documents = (document, group, replaces) =>
                DocumentReaders.Default.ToDocument(document.Path, group, document.Id, replaces),
            Training = ModelTrainingDefaults.Read(model.Folder),
        });
        using IHost host = SiloDashboard.Build(builder);
        await StartAsync(host, options, cancellationToken).ConfigureAwait(false);
        string silo = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToString();
        console.Result(new { silo, process = Environment.ProcessId }, $"working as {silo} (Ctrl-C ends)");
        await console.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        await host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        ThrowFault(host);
        return 0;
    }

    /// <summary>A part of the silo that cannot go on ends the host; its error is this command's.</summary>
    private static void ThrowFault(IHost host)
    {
        foreach (BackgroundService service in host.Services.GetServices<IHostedService>().OfType<BackgroundService>())
        {
            if (service.ExecuteTask is { IsFaulted: true, Exception.InnerException: { } fault })
            {
                throw fault as LlocoException ?? new LlocoException($"The silo ended: {fault.Message}", fault);
            }
        }
    }

    private static async Task StartAsync(IHost host, ClusterOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (
            error is not (LlocoException or OperationCanceledException or IOException or UnauthorizedAccessException))
        {
            throw new LlocoException($"The silo cannot join the cluster '{options.Cluster}': {error.GetBaseException().Message} "
                + (options.Database is null
                    ? "Choose other ports, or let it choose them; the --address must be one of this machine."
                    : "The database of the table of silos must run (docs/scale.md)."), error);
        }
    }

    private static async Task<ModelPackage> FindModelAsync(
        ParseResult parsed, WorkArguments arguments, CommonArguments common, ClusterOptions options, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(arguments.Fetch) is not { } name)
        {
            return common.Package(parsed);
        }

        if (options.Folder is null || parsed.GetValue(common.Model) is not null)
        {
            throw new ToolUsageException("--fetch needs --folder, where the model is, and takes the place of --model.");
        }

        string cache = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "lloco", "models");
        return new ModelPackage(await ModelFetch.FetchAsync(JobsRun.ModelsOf(options), name, cache, cancellationToken).ConfigureAwait(false));
    }
}
