using LLoCO.Core;
using LLoCO.Extensions.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the pipeline as chat client to an application's services.</summary>
public static class LlocoChatServiceCollectionExtensions
{
    /// <summary>Adds an <see cref="IChatClient"/> over the <see cref="LlocoPipeline"/> of the services (<c>AddLloco</c>), as a
    /// singleton.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Defaults of its questions; none with <see langword="null"/>.</param>
    /// <returns>The same services.</returns>
    /// <remarks>To put function invocation, telemetry or a cache in front, use <c>AddChatClient</c> of Microsoft.Extensions.AI with
    /// <see cref="LlocoChatClientExtensions.AsChatClient"/>.</remarks>
    public static IServiceCollection AddLlocoChatClient(this IServiceCollection services, LlocoChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => provider.GetRequiredService<LlocoPipeline>().AsChatClient(options));
        return services;
    }

    /// <summary>Adds an <see cref="IChatClient"/> over the keyed <see cref="LlocoPipeline"/> of the services, with the same key.</summary>
    /// <param name="services">The services.</param>
    /// <param name="key">The key of the pipeline, and of the client.</param>
    /// <param name="options">Defaults of its questions; none with <see langword="null"/>.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddKeyedLlocoChatClient(this IServiceCollection services, object key, LlocoChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(key);
        services.TryAddKeyedSingleton(key, (provider, _) => provider.GetRequiredKeyedService<LlocoPipeline>(key).AsChatClient(options));
        return services;
    }
}
