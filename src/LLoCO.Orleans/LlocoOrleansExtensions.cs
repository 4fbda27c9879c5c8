using System.Net;
using System.Net.Sockets;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Core.Validation;
using LLoCO.Orleans.Answers;
using LLoCO.Orleans.Membership;
using LLoCO.Orleans.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Messaging;
using Orleans.Runtime;
using Orleans.Serialization;
using ClusterNames = Orleans.Configuration.ClusterOptions;

namespace LLoCO.Orleans;

/// <summary>Adds LLoCO's work to silos, and its client to applications.</summary>
public static class LlocoOrleansExtensions
{
    /// <summary>Makes this process a silo: it compresses documents, trains adapters and answers questions.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="options">The cluster.</param>
    /// <param name="setup">Index, model and readers.</param>
    /// <returns>The same application.</returns>
    /// <exception cref="LlocoException">An option is out of range, or no shared folder is named.</exception>
    public static IHostApplicationBuilder AddLlocoSilo(
        this IHostApplicationBuilder builder, ClusterOptions options, LlocoSiloSetup setup)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseOrleans(silo => silo.AddLlocoSilo(options, setup));
    }

    /// <summary>Adds LLoCO's work to a silo, with its clustering and ports.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">The cluster.</param>
    /// <param name="setup">Index, model and readers.</param>
    /// <returns>The same silo.</returns>
    /// <exception cref="LlocoException">An option is out of range, or no shared folder is named.</exception>
    public static ISiloBuilder AddLlocoSilo(this ISiloBuilder silo, ClusterOptions options, LlocoSiloSetup setup)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(setup);
        string folder = Check(options, isSilo: true);
        (int siloPort, int gatewayPort) = PortsOf(options);
        silo.ConfigureEndpoints(ParseAddress(options), siloPort, gatewayPort, listenOnAnyHostAddress: false);
        if (options.Database is { } address)
        {
            var database = new MemberDatabase(address);
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(database);
            silo.UseAdoNetClustering(clustering =>
                (clustering.Invariant, clustering.ConnectionString) = (MemberDatabase.Provider, database.ConnectionString));
        }
        else
        {
            silo.Services.AddSingleton<IMembershipTable>(_ => new FolderMembershipTable(new MemberFolder(MembersOf(folder))));
        }

        silo.Configure<ClusterMembershipOptions>(membership => Apply(options, membership));
        AddShared(silo.Services, options);
        AddWork(silo.Services, folder, options, setup);
        return silo;
    }

    /// <summary>Adds a <see cref="LlocoCluster"/>: jobs and questions for the silos of a cluster.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="options">The cluster; only its name and where the table of silos is count.</param>
    /// <returns>The same application.</returns>
    /// <exception cref="LlocoException">An option is out of range, or neither a database nor a shared folder is named.</exception>
    public static IHostApplicationBuilder AddLlocoCluster(this IHostApplicationBuilder builder, ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseOrleansClient(client => client.AddLlocoCluster(options));
    }

    /// <summary>Adds a <see cref="LlocoCluster"/> to a client, with its clustering.</summary>
    /// <param name="client">The client.</param>
    /// <param name="options">The cluster.</param>
    /// <returns>The same client.</returns>
    /// <exception cref="LlocoException">An option is out of range, or neither a database nor a shared folder is named.</exception>
    public static IClientBuilder AddLlocoCluster(this IClientBuilder client, ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        string folder = Check(options, isSilo: false);
        if (options.Database is { } address)
        {
            var database = new MemberDatabase(address);
            client.UseAdoNetClustering(clustering =>
                (clustering.Invariant, clustering.ConnectionString) = (MemberDatabase.Provider, database.ConnectionString));
        }
        else
        {
            client.Services.AddSingleton<IGatewayListProvider>(
                _ => new FolderGatewayList(new MemberFolder(MembersOf(folder)), TimeSpan.FromSeconds(options.ProbeSeconds)));
        }

        client.UseConnectionRetryFilter(async (_, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken).ConfigureAwait(false);
            return true;
        });
        client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(options.ProbeSeconds));
        AddShared(client.Services, options);
        return client;
    }

    private static void AddShared(IServiceCollection services, ClusterOptions options)
    {
        services.Configure<ClusterNames>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.Cluster, options.Cluster));
        services.Configure<ExceptionSerializationOptions>(errors => errors.SupportedNamespacePrefixes.Add("LLoCO"));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => new LlocoCluster(provider.GetRequiredService<IClusterClient>()));
    }

    private static void AddWork(IServiceCollection services, string folder, ClusterOptions options, LlocoSiloSetup setup)
    {
        services.AddSingleton<ICheckpointStore>(_ => new FolderCheckpointStore(Path.Combine(folder, "segments")));
        services.AddSingleton<IJobStore>(_ => new FolderJobStore(Path.Combine(folder, "jobs")));
        services.AddSingleton(provider =>
        {
            // The index may be a file in the shared folder, which the first silo makes.
            Directory.CreateDirectory(folder);
            return new ClusterIndex(Open(setup), provider.GetRequiredService<ICheckpointStore>());
        });
        services.AddSingleton(provider => setup.Pipeline.UseIndex(provider.GetRequiredService<ClusterIndex>()).Build());
        services.AddSingleton(_ => new ComputeThreads(options.Slots));
        services.AddSingleton<SiloFault>();
        services.AddSingleton<IUnitRunner>(
            provider => new CompressRunner(provider.GetRequiredService<LlocoPipeline>(), setup.Documents));
        services.AddSingleton<IUnitRunner>(
            provider => new FinetuneRunner(provider.GetRequiredService<LlocoPipeline>(), setup, options));
        services.AddHostedService<WorkerService>();
        services.AddSingleton<QuestionCount>();
        services.AddSingleton<AdapterShelf>();
        services.AddSingleton<LoadTable>();
        services.AddHostedService<LoadService>();
        services.AddPlacementDirector<LoadedPlacement, LoadedPlacementDirector>();
    }

    // Services are made synchronously.
    private static IRetrievalIndex Open(LlocoSiloSetup setup) =>
        Task.Run(() => setup.Index(CancellationToken.None)).GetAwaiter().GetResult();

    private static void Apply(ClusterOptions options, ClusterMembershipOptions membership)
    {
        var probe = TimeSpan.FromSeconds(options.ProbeSeconds);
        membership.ProbeTimeout = probe;
        membership.NumMissedProbesLimit = 2;
        membership.NumVotesForDeathDeclaration = 1;
        membership.TableRefreshTimeout = 2 * probe;
        membership.IAmAliveTablePublishTimeout = 2 * probe;
        membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
        membership.DefunctSiloCleanupPeriod = TimeSpan.FromMinutes(10);
    }

    private static string Check(ClusterOptions options, bool isSilo)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsFaults.ThrowIfAny(options, "cluster options");
        return options.Folder is { Length: > 0 } || (!isSilo && options.Database is not null)
            ? Path.GetFullPath(options.Folder ?? ".")
            : throw new LlocoException("The cluster has no shared folder (ClusterOptions.Folder). Name one that all its machines see.");
    }

    private static IPAddress ParseAddress(ClusterOptions options) => IPAddress.TryParse(options.Address, out IPAddress? address)
        ? address
        : throw new LlocoException($"'{options.Address}' is no IP address. Give the one that other machines reach this one by.");

    // Orleans listens on the port it is told, which other silos know it by: it cannot choose one itself.
    private static (int Silo, int Gateway) PortsOf(ClusterOptions options)
    {
        // Both are held until both are known: one that was let go may be found a second time.
        using TcpListener? silo = Hold(options.SiloPort), gateway = Hold(options.GatewayPort);
        return (PortOf(silo, options.SiloPort), PortOf(gateway, options.GatewayPort));
    }

    private static TcpListener? Hold(int wanted)
    {
        if (wanted > 0)
        {
            return null;
        }

        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener? held, int wanted) => held is null ? wanted : ((IPEndPoint)held.LocalEndpoint).Port;

    private static string MembersOf(string folder) => Path.Combine(folder, "silos");
}
