using LLoCO.Core.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LLoCO.Core.Tests.Hosting;

public sealed class LlocoServiceCollectionExtensionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddLloco_FirstAsked_BuildsOnePipeline()
    {
        int configured = 0;
        await using ServiceProvider provider = new ServiceCollection()
            .AddLloco(builder => Describe(builder, ref configured))
            .BuildServiceProvider();

        Assert.Equal(0, configured);
        LlocoPipeline[] pipelines = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => provider.GetRequiredService<LlocoPipeline>())));

        Assert.Equal(1, configured);
        Assert.Single(pipelines.Distinct());
        LlocoAnswer answer = await pipelines[0].AskAsync("why", new AskOptions { Context = ContextMode.None }, Token);
        Assert.Equal("[|base]", answer.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddLloco_ContainerDisposed_DisposesThePipeline(bool synchronously)
    {
        int configured = 0;
        ServiceProvider provider = new ServiceCollection()
            .AddLloco(builder => Describe(builder, ref configured))
            .BuildServiceProvider();
        LlocoPipeline pipeline = provider.GetRequiredService<LlocoPipeline>();

        if (synchronously)
        {
            provider.Dispose();
        }
        else
        {
            await provider.DisposeAsync();
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => pipeline.AskAsync("why", null, Token));
    }

    [Fact]
    public async Task AddLloco_ApplicationHasLoggers_LogsThere()
    {
        var loggers = new RecordingLoggers();
        int configured = 0;
        await using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(loggers)
            .AddLloco((_, builder) => Describe(builder, ref configured))
            .BuildServiceProvider();

        provider.GetRequiredService<LlocoPipeline>();

        Assert.Contains(loggers.Messages, message => message.Id.Name == "PipelineReady");
    }

    [Fact]
    public void AddLloco_FaultyDescription_ShowsWhenAsked()
    {
        using ServiceProvider provider = new ServiceCollection().AddLloco(_ => { }).BuildServiceProvider();

        Assert.Throws<LlocoConfigurationException>(() => provider.GetRequiredService<LlocoPipeline>());
    }

    private static void Describe(LlocoPipelineBuilder builder, ref int configured)
    {
        Interlocked.Increment(ref configured);
        var compressor = new CountingCompressor();
        builder.UseTokenizer(new CharacterTokenizer())
            .UseCompressor(compressor)
            .UseDecoder(new EchoDecoder(compressor.Fingerprint));
    }
}
