using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Orleans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>A silo in this process, with a model of fakes.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    /// <summary>The most time that a test waits for something: much more than it takes on a busy machine.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly IHost _host;

    private TestSilo(IHost host, CountingCompressor compressor, EchoDecoder decoder) =>
        (_host, Compressor, Decoder) = (host, compressor, decoder);

    public CountingCompressor Compressor { get; }

    public EchoDecoder Decoder { get; }

    public LlocoCluster Cluster => _host.Services.GetRequiredService<LlocoCluster>();

    public IRetrievalIndex Index => _host.Services.GetRequiredService<ClusterIndex>();

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts a silo.</summary>
    /// <param name="options">The cluster.</param>
    /// <param name="index">The index file.</param>
    /// <param name="beforeToken">Called before each token of an answer.</param>
    /// <param name="clock">By which jobs count their leases; the system's with <see langword="null"/>.</param>
    public static async Task<TestSilo> StartAsync(
        ClusterOptions options, string index, Action<int>? beforeToken = null, SteppedClock? clock = null)
    {
        var compressor = new CountingCompressor();
        var decoder = new EchoDecoder(compressor.Fingerprint, "ship") { BeforeToken = beforeToken };
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddSingleton<TimeProvider>(clock ?? TimeProvider.System);

        // A busy machine may take longer than the half minute that a host allows.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Longest);
        builder.AddLlocoSilo(options, new LlocoSiloSetup
        {
            Index = _ => Task.FromResult<IRetrievalIndex>(SqliteRetrievalIndex.Open(index)),
            Pipeline = LlocoPipeline.CreateBuilder().UseTokenizer(new CharacterTokenizer()).UseCompressor(compressor)
                .UseDecoder(decoder).UsePrompt("Q {question} A"),
        });
        var silo = new TestSilo(builder.Build(), compressor, decoder);
        await silo._host.StartAsync(TestContext.Current.CancellationToken);
        return silo;
    }

    /// <summary>Waits for a state of a job.</summary>
    public async Task<JobStatus> UntilAsync(string job, Func<JobStatus, bool> until)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Longest);
        while (true)
        {
            JobStatus status = await Cluster.FindAsync(job, limit.Token);
            if (until(status))
            {
                return status;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
