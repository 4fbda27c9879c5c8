using LLoCO.Core;
using LLoCO.Core.Validation;
using LLoCO.Extensions.Hosting;
using LLoCO.Server.Answers;
using LLoCO.Server.Documents;
using LLoCO.Server.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLoCO.Server;

/// <summary>Adds a pipeline's endpoints to an ASP.NET Core application.</summary>
public static class LlocoEndpointExtensions
{
    /// <summary>Maps OpenAI's <c>/v1/chat/completions</c>, <c>/v1/completions</c> and <c>/v1/models</c>, <c>/v1/lloco/documents</c>,
    /// <c>/health</c>, <c>/metrics</c> and a page at <c>/</c> to the <see cref="LlocoPipeline"/> of the application's services
    /// (<c>AddLloco</c>), which is loaded now.</summary>
    /// <param name="app">The application.</param>
    /// <param name="options">Who may use them, and how much; only this machine with <see langword="null"/>.</param>
    /// <returns>All endpoints, for conventions of the application.</returns>
    /// <remarks>A request is cancelled when its caller leaves. The health check answers 503 until one token was generated, which is done
    /// when the application starts, and then 200; it needs no key, and neither do the page's files.</remarks>
    /// <exception cref="LlocoException">An option is out of range, or a key is none.</exception>
    public static IEndpointConventionBuilder MapLloco(this IEndpointRouteBuilder app, LlocoServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        options ??= new LlocoServerOptions();
        OptionsFaults.ThrowIfAny(options, "server's options");
        IServiceProvider services = app.ServiceProvider;
        var pipeline = services.GetRequiredService<LlocoPipeline>();
        ILogger logger = services.GetService<ILoggerFactory>()?.CreateLogger("LLoCO.Server") ?? NullLogger.Instance;
        IHostApplicationLifetime? host = services.GetService<IHostApplicationLifetime>();
        var gate = new RequestGate(options, logger, host);
        var meters = new PrometheusMeters();
        host?.ApplicationStopped.Register(() =>
        {
            meters.Dispose();
            gate.Dispose();
        });
        RouteGroupBuilder group = app.MapGroup(string.Empty);
        MapAnswers(group, gate, new AnswerEndpoint(pipeline, options));
        MapDocuments(group, gate, new DocumentEndpoint(pipeline));
        MapOperation(group, gate, meters);
        MapHealth(group, FindWarmUp(services, pipeline, host));
        group.MapGet("/", PageEndpoint.Serve("index.html", "text/html"));
        group.MapGet("/page.css", PageEndpoint.Serve("page.css", "text/css"));
        group.MapGet("/page.js", PageEndpoint.Serve("page.js", "text/javascript"));
        return group;
    }

    private static void MapAnswers(RouteGroupBuilder group, RequestGate gate, AnswerEndpoint answers)
    {
        group.MapPost("/v1/chat/completions", gate.Guard("chat", answers.ChatAsync, isLimited: true));
        group.MapPost("/v1/completions", gate.Guard("completions", answers.CompleteAsync, isLimited: true));
        group.MapGet("/v1/models", gate.Guard("models", answers.ModelsAsync));
    }

    private static void MapDocuments(RouteGroupBuilder group, RequestGate gate, DocumentEndpoint documents)
    {
        const string Path = "/v1/lloco/documents";
        group.MapGet(Path, gate.Guard("documents", documents.ListAsync));
        group.MapPost(Path, gate.Guard("documents", documents.AddAsync, isLimited: true));
        group.MapGet(Path + "/{**id}", gate.Guard("documents", documents.ShowAsync));
        group.MapDelete(Path + "/{**id}", gate.Guard("documents", documents.DeleteAsync));
    }

    private static void MapOperation(RouteGroupBuilder group, RequestGate gate, PrometheusMeters meters)
    {
        group.MapGet("/metrics", gate.Guard("metrics", (context, caller, _) =>
        {
            if (!caller.IsUnbound)
            {
                throw new ServerException(403, "not_allowed", "The figures are for keys that are bound to no group.");
            }

            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return context.Response.WriteAsync(meters.Write(), context.RequestAborted);
        }));
    }

    private static void MapHealth(RouteGroupBuilder group, LlocoWarmUp warmUp) =>
        group.MapGet("/health", (RequestDelegate)(context =>
        {
            bool ready = warmUp.State == WarmUpState.Done;
            string status = ready ? "ok" : warmUp.State == WarmUpState.Failed ? "failed" : "starting";
            return ServerJson.WriteAsync(context.Response, new { status }, ready ? 200 : 503);
        }));

    /// <summary>Takes the warm-up of the services (<c>AddLlocoWarmUp</c>), or starts one with the application.</summary>
    private static LlocoWarmUp FindWarmUp(IServiceProvider services, LlocoPipeline pipeline, IHostApplicationLifetime? host)
    {
        if (services.GetService<LlocoWarmUp>() is { } known)
        {
            return known;
        }

        var warmUp = new LlocoWarmUp(() => pipeline);
        host?.ApplicationStopped.Register(warmUp.Dispose);
        host?.ApplicationStarted.Register(() => _ = warmUp.RunAsync(host.ApplicationStopping));
        return warmUp;
    }
}
