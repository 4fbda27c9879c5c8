using System.ComponentModel.DataAnnotations;
using LLoCO.Core.Decoding;

namespace LLoCO.Core.Pipeline;

/// <summary>Finds everything that is wrong with a builder's settings before anything is loaded.</summary>
internal static class PipelineValidator
{
    private const int MaxDocuments = 1024;

    /// <summary>Checks settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>One sentence per fault with the remedy; empty where there is none.</returns>
    public static IReadOnlyList<string> FindFaults(PipelineSettings settings)
    {
        var faults = new List<string>();
        CheckModel(settings, faults);
        CheckAdapters(settings, faults);
        CheckIndex(settings, faults);
        faults.AddRange(GenerationFaults(settings.Generation));
        faults.AddRange(RangeFaults(settings.Batching, "batch options"));
        faults.AddRange(RangeFaults(settings.Prefixes, "prefix cache options"));
        faults.AddRange(RangeFaults(settings.Expand, "expand options"));
        if (settings.Fidelity is { } fidelity)
        {
            faults.AddRange(RangeFaults(fidelity, "fidelity options"));
            AddIfUndefined(fidelity.Below, "fidelity action", "UseFidelity", faults);
            if (settings.Decoder is not null and not IContinuationScorer)
            {
                faults.Add("Fidelity cannot be measured (UseFidelity) with a decoder that cannot score given words. "
                    + "Bring one that is an IContinuationScorer too (UseDecoder).");
            }
        }

        AddIfUndefined(settings.Precision, "precision", "UsePrecision", faults);
        AddIfUndefined(settings.WindowPolicy, "window policy", "UseWindowPolicy", faults);
        AddIfUndefined(settings.Storage, "summary encoding", "UseStorage", faults);
        if (settings.Prompt is { } prompt && PromptTemplate.Fault(prompt) is { } fault)
        {
            faults.Add(fault);
        }

        if (settings.TopK is < 1 or > MaxDocuments)
        {
            faults.Add($"Top-k is {settings.TopK}; it must be 1 to {MaxDocuments} (UseTopK).");
        }

        return faults;
    }

    /// <summary>Checks generation options against the ranges that they declare.</summary>
    /// <param name="options">The options.</param>
    /// <returns>One sentence per fault.</returns>
    public static IEnumerable<string> GenerationFaults(GenerationOptions options) => RangeFaults(options, "generation options");

    /// <summary>Checks an options record against the ranges that it declares.</summary>
    /// <param name="options">The options.</param>
    /// <param name="name">What they are, for the message.</param>
    /// <returns>One sentence per fault.</returns>
    public static IEnumerable<string> RangeFaults(object options, string name)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.Select(result => $"The {name} are out of range: {result.ErrorMessage}");
    }

    private static void CheckModel(PipelineSettings settings, List<string> faults)
    {
        if (settings.Model is null)
        {
            if (settings.NeedsModel)
            {
                faults.Add("There is no model. Call UseModel or UseCheckpoint, or bring tokenizer, compressor and decoder "
                    + "(UseTokenizer, UseCompressor, UseDecoder).");
            }

            return;
        }

        string folder = settings.Model.Folder;
        if (!Directory.Exists(folder))
        {
            faults.Add($"The model folder '{folder}' does not exist.");
        }
        else if (!File.Exists(Path.Combine(folder, "config.json")))
        {
            faults.Add($"The model folder '{folder}' holds no config.json.");
        }
        else if (settings.Tokenizer is null && !File.Exists(Path.Combine(folder, "tokenizer.model"))
            && !File.Exists(Path.Combine(folder, "original", "tokenizer.model")))
        {
            faults.Add($"The model folder '{folder}' holds no tokenizer.model. Put it there, or call UseTokenizer.");
        }
    }

    private static void CheckAdapters(PipelineSettings settings, List<string> faults)
    {
        if (settings.Decoder is not null && settings.Adapters.Count + settings.MergedAdapters.Count > 0)
        {
            faults.Add(
                "Adapters cannot be loaded into a decoder of the caller's own (UseDecoder with AddAdapter or MergeAdapter). "
                + "Load them there.");
        }

        foreach ((string name, string folder) in settings.Adapters)
        {
            if (string.IsNullOrWhiteSpace(name) || name == AskOptions.NoAdapter)
            {
                faults.Add($"An adapter cannot be named '{name}': the name is empty or stands for the base model.");
            }

            if (!File.Exists(Path.Combine(folder, "adapter_config.json")))
            {
                faults.Add($"The adapter folder '{folder}' ({name}) holds no adapter_config.json.");
            }
        }

        foreach (IGrouping<string, (string Name, string Folder)> doubled in
            settings.Adapters.GroupBy(adapter => adapter.Name).Where(group => group.Count() > 1))
        {
            faults.Add($"The adapter '{doubled.Key}' is added {doubled.Count()} times. Give each its own name.");
        }
    }

    private static void CheckIndex(PipelineSettings settings, List<string> faults)
    {
        if (settings is { Index: not null, IndexFile: not null })
        {
            faults.Add("There are two indexes: a file and an object (UseIndex). Name one.");
        }

        if (settings.IndexFile is { } file && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder
            && !Directory.Exists(folder))
        {
            faults.Add($"The folder of the index, '{folder}', does not exist.");
        }
    }

    private static void AddIfUndefined<T>(T value, string what, string method, List<string> faults)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            faults.Add($"The {what} {value} is not known ({method}).");
        }
    }
}
