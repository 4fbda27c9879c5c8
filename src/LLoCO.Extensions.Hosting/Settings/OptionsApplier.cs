using LLoCO.Core;

namespace LLoCO.Extensions.Hosting.Settings;

/// <summary>Makes the settings of options on a builder.</summary>
internal static class OptionsApplier
{
    /// <summary>Makes each setting that is there.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="builder">The builder.</param>
    public static void Apply(LlocoOptions options, LlocoPipelineBuilder builder)
    {
        Use(options.Model, builder.UseCheckpoint);
        Use(options.Device, device => builder.UseDevice(LlocoDevice.Parse(device)));
        Use(options.Precision, builder.UsePrecision);
        Use(options.Index, builder.UseIndex);
        foreach ((string name, string folder) in options.Adapters)
        {
            builder.AddAdapter(name, folder);
        }

        foreach (string name in options.MergedAdapters)
        {
            builder.MergeAdapter(name);
        }

        Use(options.Generation, builder.UseGeneration);
        Use(options.Decoding, builder.UseDecoding);
        Use(options.PrefixCache, builder.UsePrefixCache);
        Use(options.Batching, builder.UseBatching);
        Use(options.Prompt, builder.UsePrompt);
        Use(options.ChatTemplate, builder.UseChatTemplate);
        Use(options.TopK, builder.UseTopK);
        Use(options.WindowPolicy, builder.UseWindowPolicy);
        Use(options.Expand, builder.UseExpand);
        Use(options.DoubtPolicy, builder.UseDoubtPolicy);
        Use(options.Fidelity, builder.UseFidelity);
        Use(options.Storage, builder.UseStorage);
    }

    private static void Use<T>(T? value, Func<T, LlocoPipelineBuilder> set)
        where T : class
    {
        if (value is not null)
        {
            set(value);
        }
    }

    private static void Use<T>(T? value, Func<T, LlocoPipelineBuilder> set)
        where T : struct
    {
        if (value is { } known)
        {
            set(known);
        }
    }
}
