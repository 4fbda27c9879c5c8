using LLoCO.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LLoCO.Server.Mcp;

/// <summary>The Model Context Protocol over HTTP, behind the gate.</summary>
internal static class McpEndpoint
{
    /// <summary>Maps <c>/mcp</c>.</summary>
    /// <param name="group">The endpoints.</param>
    /// <param name="gate">What every request passes.</param>
    public static void Map(RouteGroupBuilder group, RequestGate gate) => group.MapMcp("/mcp").Add(endpoint =>
    {
        RequestDelegate inner = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = gate.Guard("mcp", (context, caller, cancellationToken) =>
        {
            context.User = CallerIdentity.CreateUser(caller);
            context.RequestAborted = cancellationToken;
            return inner(context);
        });
    });
}
