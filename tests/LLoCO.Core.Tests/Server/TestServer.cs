using System.ClientModel;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Extensions.Hosting;
using LLoCO.Server;
using LLoCO.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>A server over a pipeline of fakes, on a free port of the loopback address.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string Story = "The captain of the Heron was Mara Quill. She liked rain.";

    private readonly WebApplication _app;

    private readonly ActiveRequests _active;

    private TestServer(FakePipeline fake, WebApplication app, ActiveRequests active)
    {
        (Fake, _app, _active) = (fake, app, active);
        Url = new Uri(app.Urls.First());

        // A request may wait for others as long as the machine needs.
        Http = new HttpClient { BaseAddress = Url, Timeout = Timeout.InfiniteTimeSpan };
    }

    public FakePipeline Fake { get; }

    public Uri Url { get; }

    public HttpClient Http { get; }

    /// <summary>Gets how many requests the server works at, those that wait for their turn included.</summary>
    public int Active => _active.Count;

    /// <summary>Gets a token that is cancelled when the server begins to stop.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    public static async Task<TestServer> StartAsync(
        LlocoServerOptions? options = null, Func<ModelFingerprint, EchoDecoder>? decoder = null,
        IEmbeddingGenerator<string, Embedding<float>>? embedder = null, TenantStore? tenants = null, TenantPipelineOptions? open = null)
    {
        FakePipeline fake = await FakePipeline.CreateAsync(decoder);
        await fake.IngestAsync(
            new SourceDocument("heron", Story, "ship"), new SourceDocument("mill", "The mill by the river stood empty.", "town"));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_ => fake.Pipeline);
        builder.Services.AddSingleton(await WarmUpAsync());
        var active = new ActiveRequests();
        builder.Services.AddLlocoMcp().AddLlocoOpenApi();
        if (embedder is not null)
        {
            builder.Services.AddSingleton(embedder);
        }

        if (tenants is not null)
        {
            builder.Services.AddLlocoTenants(tenants, open);
        }

        WebApplication app = builder.Build();
        app.Use(active.CountAsync);
        app.MapLloco(options);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestServer(fake, app, active);
    }

    public ChatClient Chat(string key = "none", string model = "lloco") => new(model, new ApiKeyCredential(key), ClientOptions());

    public OpenAIClient Client(string key = "none") => new(new ApiKeyCredential(key), ClientOptions());

    public ResponsesClient Responses(string key = "none") =>
        new(new ApiKeyCredential(key), new ResponsesClientOptions { Endpoint = new Uri(Url, "v1"), NetworkTimeout = Timeout.InfiniteTimeSpan });

    /// <summary>Waits until something is so, as long as the test may run.</summary>
    public static async Task WaitAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await Fake.DisposeAsync();
    }

    /// <summary>Of another pipeline, so that a test counts its own questions only.</summary>
    private static async Task<LlocoWarmUp> WarmUpAsync()
    {
        await using FakePipeline other = await FakePipeline.CreateAsync();
        var warmUp = new LlocoWarmUp(() => other.Pipeline);
        await warmUp.RunAsync(TestContext.Current.CancellationToken);
        return warmUp;
    }

    private OpenAIClientOptions ClientOptions() => new()
    {
        Endpoint = new Uri(Url, "v1"),
        NetworkTimeout = Timeout.InfiniteTimeSpan,
        RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(maxRetries: 0),
    };
}
