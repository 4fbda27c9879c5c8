using System.Globalization;
using System.Security.Cryptography;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;

namespace LLoCO.Tool;

/// <summary>The settings that the answers of an evaluation depend on. A results file records them, and is refused with other
/// settings.</summary>
internal static class EvaluationSettings
{
    private const int HashLength = 16;

    /// <summary>Collects what a results file must agree on to be continued: data, modes, model, index, limits.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="model">Its model.</param>
    /// <param name="adapters">Folders of adapters that were added.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="prompt">The prompt in place of the model's own; <see langword="null"/> for that one.</param>
    /// <param name="maxNewTokens">Most tokens of an answer.</param>
    /// <param name="format">The data set's format.</param>
    /// <param name="template">The chat template of the options.</param>
    /// <param name="memory">What documents are kept as; <see langword="null"/> for summary embeddings.</param>
    public static IReadOnlyDictionary<string, string> Create(
        LlocoPipeline pipeline, ModelPackage model, IReadOnlyDictionary<string, string> adapters,
        IReadOnlyList<EvaluationRow> rows, string? prompt, int maxNewTokens, DataSetFormat format, string? template, string? memory)
    {
        string prompts = Path.Combine(model.Folder, PromptSettings.FileName);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["fingerprint"] = pipeline.Fingerprint.ToString(),
            ["format"] = format.Name,
            ["prompt"] = prompt ?? (File.Exists(prompts) ? TextFile.Read(prompts).Trim() : "default"),
            ["max_new_tokens"] = maxNewTokens.ToString(CultureInfo.InvariantCulture),
            ["metrics"] = string.Join(' ', format.Scoring.Metrics.Select(metric => metric.Name)),
        };
        if (template is not null)
        {
            settings["template"] = File.Exists(template) ? TextFile.Read(template) : template;
        }

        if (memory is not null)
        {
            settings["memory"] = memory;
        }

        foreach ((string name, string folder) in model.FindAdapters().Concat(adapters))
        {
            settings[$"adapter {name}"] = HashOf(folder);
        }

        foreach (EvaluationRow row in rows)
        {
            settings[$"row {row.Name}"] = row.Adapter ?? EvaluationRow.OwnAdapter;
        }

        return settings;
    }

    private static string HashOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(folder, "adapter_*").Order(StringComparer.Ordinal))
        {
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HashLength];
    }
}
