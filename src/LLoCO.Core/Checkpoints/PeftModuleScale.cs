using System.Text.Json;
using System.Text.RegularExpressions;

namespace LLoCO.Core.Checkpoints;

/// <summary>Rank and scale of each module: <c>r</c> and <c>lora_alpha</c>, or what <c>rank_pattern</c> and <c>alpha_pattern</c>
/// say of the module; the scale is alpha / r, or alpha / sqrt(r) with <c>use_rslora</c>.</summary>
internal sealed class PeftModuleScale
{
    private readonly IReadOnlyList<(Regex Pattern, double Value)> _ranks;
    private readonly IReadOnlyList<(Regex Pattern, double Value)> _alphas;
    private readonly PeftAdapterConfig _config;

    /// <summary>Takes the settings.</summary>
    /// <param name="fields">Their file, for messages.</param>
    /// <param name="config">The settings.</param>
    internal PeftModuleScale(JsonFields fields, PeftAdapterConfig config)
    {
        _config = config;
        _ranks = Compile(fields, "rank_pattern", config.RankPattern.Select(entry => (entry.Key, (double)entry.Value)));
        _alphas = Compile(fields, "alpha_pattern", config.AlphaPattern.Select(entry => (entry.Key, entry.Value)));
    }

    /// <summary>Gives a module's rank.</summary>
    /// <param name="path">Its path, such as <c>model.layers.0.self_attn.q_proj</c>.</param>
    internal int RankOf(string path) => (int)(Find(_ranks, path) ?? _config.Rank);

    /// <summary>Gives the factor of a module's update.</summary>
    /// <param name="path">Its path.</param>
    internal double ScaleOf(string path)
    {
        double alpha = Find(_alphas, path) ?? _config.Alpha;
        double rank = RankOf(path);
        return alpha / (_config.RankStabilized ? Math.Sqrt(rank) : rank);
    }

    /// <summary>The first pattern that fits the end of the path decides, as in PEFT (<c>get_pattern_key</c>).</summary>
    private static double? Find(IReadOnlyList<(Regex Pattern, double Value)> patterns, string path)
    {
        foreach ((Regex pattern, double value) in patterns)
        {
            if (pattern.IsMatch(path))
            {
                return value;
            }
        }

        return null;
    }

    private static IReadOnlyList<(Regex Pattern, double Value)> Compile(
        JsonFields fields, string key, IEnumerable<(string Pattern, double Value)> entries) =>
        [.. entries.Select(entry => (PeftPattern.Compile(fields, key, entry.Pattern, @"(?:.*\.)?"), entry.Value))];
}
