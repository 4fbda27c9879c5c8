using LLoCO.Core.Tests.Fakes;
using LLoCO.Extensions.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LLoCO.Core.Tests.Hosting;

/// <summary>A pipeline that is made ready when its host starts, and what health checks say meanwhile.</summary>
public sealed class WarmUpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("legal")]
    public async Task AddLloco_HealthCheck_PassesOnceATokenWasGenerated(string? key)
    {
        using var token = new ManualResetEventSlim();
        EchoDecoder decoder = Decoder(_ => token.Wait(Token));
        using IHost host = Host(key, builder => LlocoOptionsTests.Describe(builder, decoder));
        await host.StartAsync(Token);

        HealthReportEntry before = await CheckAsync(host);
        token.Set();
        await host.Services.GetRequiredKeyedService<LlocoWarmUp>(key).RunAsync(Token);
        HealthReportEntry after = await CheckAsync(host);

        Assert.Equal((HealthStatus.Unhealthy, "The model is being loaded."), (before.Status, before.Description));
        Assert.Equal(HealthStatus.Healthy, after.Status);
        Assert.True((double)after.Data["seconds"] > 0);
        Assert.Equal(1, decoder.Started);
        Assert.Equal(1, decoder.LastRequest!.Options.MaxNewTokens);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task AddLloco_ModelThatFails_IsUnhealthyWithTheReasonAndTriesAgainWhenAsked()
    {
        bool broken = true;
        EchoDecoder decoder = Decoder(_ =>
        {
            if (broken)
            {
                throw new LlocoException("The weights are damaged.");
            }
        });
        using IHost host = Host(null, builder => LlocoOptionsTests.Describe(builder, decoder));
        await host.StartAsync(Token);
        var warmUp = host.Services.GetRequiredService<LlocoWarmUp>();
        await Assert.ThrowsAsync<LlocoException>(() => warmUp.RunAsync(Token));

        HealthReportEntry failed = await CheckAsync(host);
        broken = false;
        await warmUp.RunAsync(Token);

        Assert.Equal(HealthStatus.Unhealthy, failed.Status);
        Assert.Contains("The weights are damaged.", failed.Description);
        Assert.Equal((WarmUpState.Done, null), (warmUp.State, warmUp.Failure));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task RunAsync_TriedAgain_KeepsTheReasonUntilItSucceeds()
    {
        using var again = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        int calls = 0;
        using var warmUp = new LlocoWarmUp(() =>
        {
            if (Interlocked.Increment(ref calls) > 1)
            {
                again.Set();
                end.Wait(Token);
            }

            throw new LlocoException($"Fault {calls}.");
        });
        await Assert.ThrowsAsync<LlocoException>(() => warmUp.RunAsync(Token));

        Task second = warmUp.RunAsync(Token);
        again.Wait(Token);
        (WarmUpState State, string? Message) meanwhile = (warmUp.State, warmUp.Failure?.Message);
        end.Set();
        await Assert.ThrowsAsync<LlocoException>(() => second);

        Assert.Equal((WarmUpState.Running, "Fault 1."), meanwhile);
        Assert.Equal((WarmUpState.Failed, "Fault 2."), (warmUp.State, warmUp.Failure?.Message));
    }

    [Fact]
    public async Task StopAsync_WhileTheModelGenerates_EndsAtOnce()
    {
        // The token that is being generated takes until the host stops: its request is cancelled then.
        var reached = new TaskCompletionSource();
        var decoder = new EchoDecoder(new CountingCompressor().Fingerprint)
        {
            Hold = (_, cancellationToken) =>
            {
                reached.TrySetResult();
                return Task.Delay(Timeout.Infinite, cancellationToken);
            },
        };
        using IHost host = Host(null, builder => LlocoOptionsTests.Describe(builder, decoder));

        await host.StartAsync(Token);
        await reached.Task.WaitAsync(Token);
        await host.StopAsync(Token);

        Assert.Equal(WarmUpState.Waiting, host.Services.GetRequiredService<LlocoWarmUp>().State);
    }

    [Fact]
    public async Task MapLloco_Health_Is503UntilATokenWasGenerated()
    {
        using var token = new ManualResetEventSlim();
        await using FakePipeline fake = await FakePipeline.CreateAsync(fingerprint => Decoder(_ => token.Wait(Token)));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_ => fake.Pipeline);
        await using WebApplication app = builder.Build();
        LLoCO.Server.LlocoEndpointExtensions.MapLloco(app);
        await app.StartAsync(Token);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using HttpResponseMessage before = await http.GetAsync("/health", Token);
        token.Set();
        HttpResponseMessage after = await http.GetAsync("/health", Token);
        while (!after.IsSuccessStatusCode)
        {
            await Task.Delay(10, Token);
            after = await http.GetAsync("/health", Token);
        }

        Assert.Equal(503, (int)before.StatusCode);
        Assert.Equal("""{"status":"starting"}""", await before.Content.ReadAsStringAsync(Token));
        Assert.Equal("""{"status":"ok"}""", await after.Content.ReadAsStringAsync(Token));
    }

    private static EchoDecoder Decoder(Action<int> beforeToken) => new(new CountingCompressor().Fingerprint) { BeforeToken = beforeToken };

    private static async Task<HealthReportEntry> CheckAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Entries["lloco"];

    private static IHost Host(string? key, Action<LlocoPipelineBuilder> describe)
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        if (key is null)
        {
            builder.Services.AddLloco(describe);
        }
        else
        {
            builder.Services.AddKeyedLloco(key, (_, pipeline) => describe(pipeline));
        }

        builder.Services.AddHealthChecks().AddLloco(key: key);
        return builder.Build();
    }
}
