using LLoCO.Core;
using LLoCO.Extensions.Hosting;
using LLoCO.Extensions.Hosting.Readiness;
using LLoCO.Extensions.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds pipelines to a host: from configuration, keyed, warmed up, and watched by health checks.</summary>
public static class LlocoHostingServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="LlocoPipeline"/> as a singleton, with the settings of a section of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section, bound to <see cref="LlocoOptions"/>.</param>
    /// <param name="configure">Describes what no configuration can, such as a model in a package; called once, before the settings
    /// are made, which have the last word.</param>
    /// <returns>The same services.</returns>
    /// <remarks>The settings are checked when the host starts: unknown keys, values out of range, folders that are not there. All faults
    /// are listed, and the host does not start (<see cref="OptionsValidationException"/>). A later change of the configuration has no
    /// effect. The container disposes the pipeline.</remarks>
    public static IServiceCollection AddLloco(
        this IServiceCollection services, IConfiguration section, Action<IServiceProvider, LlocoPipelineBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, key: null, section, configure);
    }

    /// <summary>Adds one of several pipelines, by key (<c>[FromKeyedServices]</c>), with the settings of a section of the
    /// configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="key">The key; also the name of its <see cref="LlocoOptions"/>.</param>
    /// <param name="section">The section, bound to <see cref="LlocoOptions"/>.</param>
    /// <param name="configure">As without a key. A keyed <c>IPassageEmbedder</c> of the services is preferred to the one without
    /// key.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddKeyedLloco(
        this IServiceCollection services,
        string key,
        IConfiguration section,
        Action<IServiceProvider, LlocoPipelineBuilder>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, key, section, configure);
    }

    /// <summary>Adds one of several pipelines, by key, described in code alone.</summary>
    /// <param name="services">The services.</param>
    /// <param name="key">The key.</param>
    /// <param name="configure">Describes it; called once.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddKeyedLloco(
        this IServiceCollection services, string key, Action<IServiceProvider, LlocoPipelineBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, key, section: null, configure);
    }

    /// <summary>Loads a pipeline in the background when the host starts, and generates one token with it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="key">The pipeline's key; <see langword="null"/> for the one without.</param>
    /// <returns>The same services.</returns>
    /// <remarks>Without it, the first question waits for the model. A failure is logged and shown by the health check; the host goes
    /// on, and the pipeline is built again when it is next asked for. <see cref="LlocoWarmUp"/> in the services (keyed as the pipeline)
    /// says how far it is.</remarks>
    public static IServiceCollection AddLlocoWarmUp(this IServiceCollection services, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(one => one.ServiceType == typeof(LlocoWarmUp) && Equals(one.ServiceKey, key)))
        {
            services.AddKeyedSingleton(key, (provider, _) => new LlocoWarmUp(() => Pipeline(provider, key)));
            services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<WarmUpService>(provider, WarmUp(provider, key)));
        }

        return services;
    }

    /// <summary>Adds a health check that passes once the model is loaded and one token was generated; adds the warm-up that does
    /// both (<see cref="AddLlocoWarmUp"/>).</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name; <c>lloco</c> by default.</param>
    /// <param name="key">The pipeline's key; <see langword="null"/> for the one without.</param>
    /// <param name="failureStatus">What it reports until then; unhealthy with <see langword="null"/>.</param>
    /// <param name="tags">Tags, such as <c>ready</c>.</param>
    /// <returns>The same health checks.</returns>
    public static IHealthChecksBuilder AddLloco(
        this IHealthChecksBuilder builder,
        string name = "lloco",
        string? key = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddLlocoWarmUp(key);
        return builder.Add(new HealthCheckRegistration(
            name, provider => new ReadyHealthCheck(WarmUp(provider, key)), failureStatus, tags));
    }

    private static IServiceCollection Add(
        IServiceCollection services, string? key, IConfiguration? section, Action<IServiceProvider, LlocoPipelineBuilder>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(one => one.ServiceType == typeof(LlocoPipeline) && Equals(one.ServiceKey, key)))
        {
            return services;
        }

        OptionsBuilder<LlocoOptions> options = services.AddOptions<LlocoOptions>(key ?? Options.Options.DefaultName).ValidateOnStart();
        if (section is not null)
        {
            options.Configure(bound => SectionBinder.Bind(section, bound));
        }

        services.AddKeyedSingleton(key, (provider, _) => new PipelineDescription(provider, key, section, configure));
        services.AddSingleton<IValidateOptions<LlocoOptions>>(provider => Description(provider, key));
        services.AddKeyedSingleton(key, (provider, _) => Description(provider, key).Build());
        return services;
    }

    private static PipelineDescription Description(IServiceProvider provider, string? key) =>
        provider.GetRequiredKeyedService<PipelineDescription>(key);

    private static LlocoPipeline Pipeline(IServiceProvider provider, string? key) => provider.GetRequiredKeyedService<LlocoPipeline>(key);

    private static LlocoWarmUp WarmUp(IServiceProvider provider, string? key) => provider.GetRequiredKeyedService<LlocoWarmUp>(key);
}
