using LLoCO.Core;
using LLoCO.Core.Validation;
using LLoCO.Extensions.Hosting;
using LLoCO.Server.Answers;
using LLoCO.Server.Embeddings;
using LLoCO.Server.Mcp;
using LLoCO.Server.Metrics;
using LLoCO.Server.OpenApi;
using LLoCO.Server.Pipelines;
using LLoCO.Server.Reports;
using LLoCO.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLoCO.Server;

/// <summary>Adds a pipeline's endpoints to an ASP.NET Core application.</summary>
public static class LlocoEndpointExtensions
{
    /// <summary>Maps OpenAI's <c>/v1/chat/completions</c>, <c>/v1/completions</c>, <c>/v1/responses</c>, <c>/v1/embeddings</c>,
    /// <c>/v1/files</c> and <c>/v1/models</c>, Anthropic's <c>/v1/messages</c>, <c>/v1/lloco/documents</c>, <c>/health</c>,
    /// <c>/metrics</c> and a page at <c>/</c> to the <see cref="LlocoPipeline"/> of the application's services (<c>AddLloco</c>), which
    /// is loaded now. With <see cref="LlocoMcpServiceCollectionExtensions.AddLlocoMcp"/> also <c>/mcp</c>, with
    /// <see cref="LlocoOpenApiServiceCollectionExtensions.AddLlocoOpenApi"/> also <c>/openapi/v1.json</c>.
    /// With <see cref="LlocoTenantsServiceCollectionExtensions.AddLlocoTenants"/> each key reaches the documents of its tenant alone.</summary>
    /// <param name="app">The application.</param>
    /// <param name="options">Who may use them, and how much; only this machine with <see langword="null"/>.</param>
    /// <returns>All endpoints, for conventions of the application.</returns>
    /// <remarks>A request is cancelled when its caller leaves. The health check answers 503 until one token was generated, which is done
    /// when the application starts, and then 200; it needs no key, and neither do the page's files. Embeddings are those of the services'
    /// <c>IEmbeddingGenerator&lt;string, Embedding&lt;float&gt;&gt;</c>; without one they are refused.</remarks>
    /// <exception cref="LlocoException">An option is out of range, a key is none, or there are tenants and no keys.</exception>
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
        var embeddings = new EmbeddingEndpoint(services.GetService<IEmbeddingGenerator<string, Embedding<float>>>());
        PipelineSource pipelines = FindPipelines(services, pipeline, options, embeddings.Model);
        MapAnswers(group, gate, pipelines);
        group.MapPost("/v1/embeddings", gate.Guard("embeddings", embeddings.EmbedAsync, isLimited: true))
            .Describe("OpenAI", "CreateEmbedding", "Embeds texts.").Takes<EmbeddingBody>();
        MapDocuments(group, gate, pipelines);
        MapFiles(group, gate, pipelines);
        MapOperation(group, gate, meters);
        MapHealth(group, FindWarmUp(services, pipeline, host));
        var reports = new ReportEndpoint(options.ReportFolder);
        host?.ApplicationStopped.Register(reports.Dispose);
        group.MapGet("/v1/lloco/reports", gate.Guard("reports", reports.ListAsync))
            .Describe("Operation", "ListReports", "Lists reports of evaluations.");
        group.MapGet("/reports/{**name}", gate.Guard("reports", reports.SendAsync)).ExcludeFromDescription();
        MapAdded(group, gate, services, pipelines, options);
        return group;
    }

    private static PipelineSource FindPipelines(
        IServiceProvider services, LlocoPipeline pipeline, LlocoServerOptions options, string? embedder)
    {
        TenantPipelines? tenants = services.GetService<TenantPipelines>();
        if (tenants is null && (options.Quotas.Count > 0 || options.ApiKeys.Any(key => key.Tenant is not null)))
        {
            throw new LlocoException(
                "A key or a quota names a tenant, but this server has none. Give it tenants (AddLlocoTenants, lloco serve --tenants).");
        }

        if (tenants is not null && options.ApiKeys.Count == 0)
        {
            throw new LlocoException(
                "A server with tenants needs a key for each. Make them with 'lloco serve --new-key NAME --tenant TENANT'.");
        }

        var quotas = options.Quotas.ToDictionary(one => new TenantId(one.Key), one => one.Value);
        foreach ((TenantId tenant, TenantQuota quota) in quotas)
        {
            OptionsFaults.ThrowIfAny(quota, $"quota of the tenant '{tenant}'");
        }

        return new PipelineSource(pipeline, tenants, one => new PipelineEndpoints(one, options, embedder), quotas);
    }

    private static void MapAnswers(RouteGroupBuilder group, RequestGate gate, PipelineSource pipelines)
    {
        group.MapPost("/v1/chat/completions", gate.Guard("chat", pipelines.For(one => one.Answers.ChatAsync), isLimited: true))
            .Describe("OpenAI", "CreateChatCompletion", "Answers the last message of a chat.").Takes<ChatBody>();
        group.MapPost("/v1/completions", gate.Guard("completions", pipelines.For(one => one.Answers.CompleteAsync), isLimited: true))
            .Describe("OpenAI", "CreateCompletion", "Answers a question.").Takes<CompletionBody>();
        group.MapPost("/v1/responses", gate.Guard("responses", pipelines.For(one => one.Answers.RespondAsync), isLimited: true))
            .Describe("OpenAI", "CreateResponse", "Answers a question; nothing is kept.").Takes<ResponseBody>();
        group.MapPost("/v1/messages", gate.Guard("messages", pipelines.For(one => one.Answers.MessageAsync), isLimited: true, MessageErrorForm.Instance, ["beta"]))
            .Describe("Anthropic", "CreateMessage", "Answers the last message of a chat.").Takes<AnthropicBody>();
        group.MapGet("/v1/models", gate.Guard("models", pipelines.For(one => one.Answers.ModelsAsync)))
            .Describe("OpenAI", "ListModels", "Lists the model and its adapters.");
    }

    private static void MapDocuments(RouteGroupBuilder group, RequestGate gate, PipelineSource pipelines)
    {
        const string Path = "/v1/lloco/documents";
        group.MapGet(Path, gate.Guard("documents", pipelines.For(one => one.Documents.ListAsync), query: ["group"]))
            .Describe("Documents", "ListDocuments", "Lists documents.");
        group.MapPost(Path, gate.Guard("documents", pipelines.For(one => one.Documents.AddAsync), isLimited: true, query: ["id", "group", "replace"]))
            .Describe("Documents", "AddDocument", "Compresses a document and adds it.").Takes<DocumentBody>();
        group.MapGet(Path + "/{**id}", gate.Guard("documents", pipelines.For(one => one.Documents.ShowAsync), query: ["text"]))
            .Describe("Documents", "ShowDocument", "Shows a document with its segments.");
        group.MapDelete(Path + "/{**id}", gate.Guard("documents", pipelines.For(one => one.Documents.DeleteAsync)))
            .Describe("Documents", "DeleteDocument", "Deletes a document.");
    }

    private static void MapFiles(RouteGroupBuilder group, RequestGate gate, PipelineSource pipelines)
    {
        const string Path = "/v1/files";
        group.MapGet(Path, gate.Guard("files", pipelines.For(one => one.Files.ListAsync), query: ["purpose"]))
            .Describe("OpenAI", "ListFiles", "Lists documents as files.");
        group.MapPost(Path, gate.Guard("files", pipelines.For(one => one.Files.AddAsync), isLimited: true))
            .Describe("OpenAI", "CreateFile", "Compresses a file and adds it (multipart/form-data: file, purpose, group).");
        group.MapGet(Path + "/{id}", gate.Guard("files", pipelines.For(one => one.Files.ShowAsync))).Describe("OpenAI", "RetrieveFile", "Describes a file.");
        group.MapGet(Path + "/{id}/content", gate.Guard("files", pipelines.For(one => one.Files.ReadAsync))).Describe("OpenAI", "DownloadFile", "The text of a file.");
        group.MapDelete(Path + "/{id}", gate.Guard("files", pipelines.For(one => one.Files.DeleteAsync))).Describe("OpenAI", "DeleteFile", "Deletes a file.");
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
            return context.Response.WriteAsync(meters.Write(caller.Tenant?.Name), context.RequestAborted);
        })).Describe("Operation", "Metrics", "Figures as Prometheus text.");
        foreach ((string path, string file, string type) in PageEndpoint.Files)
        {
            group.MapGet(path, PageEndpoint.Serve(file, type)).ExcludeFromDescription();
        }
    }

    /// <summary>Maps what the application has added to its services.</summary>
    private static void MapAdded(
        RouteGroupBuilder group, RequestGate gate, IServiceProvider services, PipelineSource pipelines, LlocoServerOptions options)
    {
        if (services.GetService<McpGate>() is { } tools)
        {
            tools.Open(gate, pipelines, options.Chat.Ask);
            McpEndpoint.Map(group, gate);
        }

        if (services.GetService<OpenApiIsAdded>() is not null)
        {
            group.MapOpenApi("/openapi/{documentName}.json");
        }
    }

    private static void MapHealth(RouteGroupBuilder group, LlocoWarmUp warmUp) =>
        group.MapGet("/health", (RequestDelegate)(context =>
        {
            bool ready = warmUp.State == WarmUpState.Done;
            string status = ready ? "ok" : warmUp.State == WarmUpState.Failed ? "failed" : "starting";
            return ServerJson.WriteAsync(context.Response, new { status }, ready ? 200 : 503);
        })).Describe("Operation", "Health", "200 when the model is loaded and has generated a token.");

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
