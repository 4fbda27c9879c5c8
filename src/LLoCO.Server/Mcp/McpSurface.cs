using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LLoCO.Core;
using LLoCO.Server.Access;
using LLoCO.Server.Pipelines;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace LLoCO.Server.Mcp;

/// <summary>What a Model Context Protocol server offers: tools and resources of a pipeline.</summary>
internal static class McpSurface
{
    private const string Instructions =
        "Long documents, kept as summary embeddings that a small model answers from. List them first, ask short questions, and read a "
        + "document's resource where an answer must be checked.";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>Adds tools and resources to the options of a server.</summary>
    /// <param name="options">The options.</param>
    /// <param name="pipelines">The pipelines of callers.</param>
    /// <param name="ask">How questions are asked by default.</param>
    /// <param name="enter">Lets a request use the model; at once with <see langword="null"/>.</param>
    public static void AddTo(
        McpServerOptions options, PipelineSource pipelines, AskOptions ask, Func<Caller, CancellationToken, Task<IDisposable>>? enter)
    {
        var tools = new McpTools(pipelines, ask, enter);
        var resources = new McpResources(pipelines);
        options.ServerInfo = new Implementation
        {
            Name = "lloco", Version = typeof(McpSurface).Assembly.GetName().Version?.ToString(3) ?? "0",
        };
        options.ServerInstructions = Instructions;
        options.ToolCollection = [];
        foreach (MethodInfo method in typeof(McpTools).GetMethods().Where(method => method.IsDefined(typeof(McpServerToolAttribute))))
        {
            options.ToolCollection.Add(McpServerTool.Create(method, tools, new McpServerToolCreateOptions { SerializerOptions = Json }));
        }

        options.Handlers.ListResourcesHandler = resources.ListAsync;
        options.Handlers.ListResourceTemplatesHandler = McpResources.ListTemplatesAsync;
        options.Handlers.ReadResourceHandler = resources.ReadAsync;
        options.Capabilities = new ServerCapabilities { Tools = new ToolsCapability(), Resources = new ResourcesCapability() };
    }
}
