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
    private readonly IHost _host;

    private TestSilo(IHost host, CountingCompressor compressor, EchoDecoder decoder) =>
        (_host, Compressor, Decoder) = (host, compressor, decoder);

    public CountingCompressor Compressor { get; }

    public EchoDecoder Decoder { get; }

    public LlocoCluster Cluster => _host.Services.GetRequiredService<LlocoCluster>();

    public IRetrievalIndex Index => _host.Services.GetRequiredService<ClusterIndex>();

    public IServiceProvider Services => _host.Services;

    public static async Task<TestSilo> StartAsync(ClusterOptions options, string index, Action<int>? beforeToken = null)
    {
        var compressor = new CountingCompressor();
        var decoder = new EchoDecoder(compressor.Fingerprint, "ship") { BeforeToken = beforeToken };
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
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

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
