using System.Net.Mime;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace LLoCO.Server.OpenApi;

/// <summary>Says of an endpoint what OpenAPI documents tell.</summary>
internal static class EndpointMetadata
{
    private static readonly string[] Json = [MediaTypeNames.Application.Json];

    /// <summary>Endpoints that are request delegates are described only if they name a method.</summary>
    private static readonly MethodInfo Method = ((RequestDelegate)Answer).Method;

    /// <summary>Describes an endpoint.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="tag">The part of the interface that it belongs to.</param>
    /// <param name="name">Its name, unique; clients that are generated call their methods so.</param>
    /// <param name="summary">What it does.</param>
    /// <returns>The same endpoint.</returns>
    public static IEndpointConventionBuilder Describe(this IEndpointConventionBuilder endpoint, string tag, string name, string summary) =>
        endpoint.WithTags(tag).WithName(name).WithSummary(summary).WithMetadata(Method, new ProducesResponseTypeMetadata(200, null, Json));

    /// <summary>Says what the body of a request is. Not as ASP.NET Core's own metadata of accepted types, by which routing would refuse
    /// other types before the endpoint can say what is wrong.</summary>
    /// <typeparam name="T">The body.</typeparam>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The same endpoint.</returns>
    public static IEndpointConventionBuilder Takes<T>(this IEndpointConventionBuilder endpoint) =>
        endpoint.WithMetadata(new BodyMetadata(typeof(T)));

    private static Task Answer(HttpContext context) => Task.CompletedTask;
}
