using LLoCO.Server;
using LLoCO.Server.OpenApi;
using Microsoft.OpenApi;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the OpenAPI document of the endpoints to an application's services.</summary>
public static class LlocoOpenApiServiceCollectionExtensions
{
    /// <summary>Lets <see cref="LlocoEndpointExtensions.MapLloco"/> map <c>/openapi/v1.json</c> too: the description of its endpoints
    /// (OpenAPI 3.1), which needs no key.</summary>
    /// <param name="services">The services.</param>
    /// <returns>The same services.</returns>
    /// <remarks>An application that describes its own endpoints needs only <c>AddOpenApi</c> and <c>MapOpenApi</c> of ASP.NET Core: those of
    /// <see cref="LlocoEndpointExtensions.MapLloco"/> are in its document.</remarks>
    public static IServiceCollection AddLlocoOpenApi(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton<OpenApiIsAdded>();
        return services.AddOpenApi("v1", options => options.AddOperationTransformer<BodyTransformer>().AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "LLoCO",
                Version = "v1",
                Description = "Questions about compressed documents, in the forms of OpenAI and Anthropic, and the documents themselves.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes["key"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of the server; none where it serves its own machine alone.",
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] }];
            return Task.CompletedTask;
        }));
    }
}
