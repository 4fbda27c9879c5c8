using LLoCO.Core;
using LLoCO.Core.Retrieval;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a pipeline to an application's services.</summary>
public static class LlocoServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="LlocoPipeline"/> as a singleton.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Describes the pipeline.</param>
    /// <returns>The same services.</returns>
    /// <remarks>
    /// The pipeline is built, and its model loaded, when it is first resolved; faults in its settings are reported then. It logs
    /// to the application's <see cref="ILoggerFactory"/>, and ranks passages with its <see cref="IPassageEmbedder"/>, if it has these
    /// services and no other ones were set. The container disposes it.
    /// </remarks>
    public static IServiceCollection AddLloco(this IServiceCollection services, Action<LlocoPipelineBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddLloco((_, builder) => configure(builder));
    }

    /// <summary>Adds a <see cref="LlocoPipeline"/> as a singleton, described with the help of other services.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Describes the pipeline.</param>
    /// <returns>The same services.</returns>
    /// <remarks>As the other overload.</remarks>
    public static IServiceCollection AddLloco(
        this IServiceCollection services, Action<IServiceProvider, LlocoPipelineBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAddSingleton(provider =>
        {
            LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder();
            if (provider.GetService<ILoggerFactory>() is { } loggers)
            {
                builder.UseLogging(loggers);
            }

            if (provider.GetService<IPassageEmbedder>() is { } embedder)
            {
                builder.UseEmbedder(embedder);
            }

            configure(provider, builder);
            return builder.Build();
        });
        return services;
    }
}
