using LLoCO.Core;
using LLoCO.Core.Retrieval;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LLoCO.Extensions.Hosting.Settings;

/// <summary>What the services of an application say about one pipeline: its code, then its configuration, which has the last word.
/// Described once, however often it is checked.</summary>
/// <param name="services">The services.</param>
/// <param name="key">The key of the pipeline; <see langword="null"/> for the one without.</param>
/// <param name="section">Its configuration, if any.</param>
/// <param name="configure">Its code, if any.</param>
internal sealed class PipelineDescription(
    IServiceProvider services, string? key, IConfiguration? section, Action<IServiceProvider, LlocoPipelineBuilder>? configure)
    : IValidateOptions<LlocoOptions>
{
    private readonly Lock _lock = new();
    private LlocoPipelineBuilder? _builder;

    /// <summary>Gets the name of the pipeline's options.</summary>
    private string Name => key ?? Options.DefaultName;

    /// <summary>Builds the pipeline.</summary>
    /// <exception cref="OptionsValidationException">Settings have faults; all are listed.</exception>
    public LlocoPipeline Build()
    {
        LlocoOptions options = services.GetRequiredService<IOptionsMonitor<LlocoOptions>>().Get(Name);
        return Describe(options).Build();
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LlocoOptions options)
    {
        if (name != Name)
        {
            return ValidateOptionsResult.Skip;
        }

        string[] faults = [.. FindFaults(options)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> FindFaults(LlocoOptions options)
    {
        string[] unknown = section is null ? [] : [.. UnknownKeys.Find(section, typeof(LlocoOptions))];
        if (unknown.Length > 0)
        {
            return unknown;
        }

        try
        {
            return Describe(options).FindFaults();
        }
        catch (FormatException error)
        {
            return [$"{(section as IConfigurationSection)?.Path ?? Name}: {error.Message}"];
        }
    }

    private LlocoPipelineBuilder Describe(LlocoOptions options)
    {
        lock (_lock)
        {
            if (_builder is null)
            {
                LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder();
                if (services.GetService<ILoggerFactory>() is { } loggers)
                {
                    builder.UseLogging(loggers);
                }

                if (Find<IPassageEmbedder>() is { } embedder)
                {
                    builder.UseEmbedder(embedder);
                }

                configure?.Invoke(services, builder);
                OptionsApplier.Apply(options, builder);
                _builder = builder;
            }

            return _builder;
        }
    }

    private T? Find<T>()
        where T : class =>
        (key is null ? null : services.GetKeyedService<T>(key)) ?? services.GetService<T>();
}
