using LLoCO.Core;
using LLoCO.Server;
using LLoCO.Tenants;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds tenants to an application's services.</summary>
public static class LlocoTenantsServiceCollectionExtensions
{
    /// <summary>Lets <see cref="LlocoEndpointExtensions.MapLloco"/> serve tenants: each key reaches the documents, prefixes and adapters of
    /// its tenant (<see cref="LlocoApiKey.Tenant"/>) alone. The services' pipeline (<c>AddLloco</c>) gives the model, its adapters and the
    /// settings; its own documents are nobody's.</summary>
    /// <param name="services">The services.</param>
    /// <param name="store">The tenants.</param>
    /// <param name="options">How many pipelines stay open; defaults with <see langword="null"/>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddLlocoTenants(
        this IServiceCollection services, TenantStore store, TenantPipelineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(store);
        return services.AddSingleton(provider => new TenantPipelines(store, provider.GetRequiredService<LlocoPipeline>(), options));
    }
}
