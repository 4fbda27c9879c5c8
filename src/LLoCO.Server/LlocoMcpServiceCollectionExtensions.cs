using LLoCO.Server;
using LLoCO.Server.Mcp;
using ModelContextProtocol.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the Model Context Protocol to an application's services.</summary>
public static class LlocoMcpServiceCollectionExtensions
{
    /// <summary>Lets <see cref="LlocoEndpointExtensions.MapLloco"/> map <c>/mcp</c> too: the tools and resources of
    /// <see cref="LlocoMcpServer"/> over HTTP (streamable, without sessions), behind the same keys and limits.</summary>
    /// <param name="services">The services, which have a pipeline (<c>AddLloco</c>).</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLlocoMcp(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton<McpGate>();
        services.AddMcpServer().WithHttpTransport(http => http.Stateless = true);
        services.AddOptions<McpServerOptions>().Configure<McpGate>((options, gate) =>
            McpSurface.AddTo(options, gate.Pipelines, gate.Ask, gate.EnterAsync));
        return services;
    }
}
