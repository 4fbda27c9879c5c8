using LLoCO.Core.Checkpoints;
using LLoCO.Core.Decoding;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Validation;

namespace LLoCO.Core.Pipeline.Building;

/// <summary>Finds all faults of a builder's settings before anything is loaded.</summary>
internal static class PipelineValidator
{
    /// <summary>Finds every fault of the settings that can be detected without loading weights.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>One sentence per fault with the remedy; empty if there is none.</returns>
    public static IReadOnlyList<string> FindFaults(PipelineSettings settings)
    {
        var faults = new List<string>();
        CheckModel(settings, faults);
        if (settings.Shared?.Settings is { } shared && !SharesModel(settings, shared))
        {
            faults.Add("A pipeline over the model of another one (CreateBuilder) cannot have another model, device, precision, tokenizer, "
                + "compressor, projector, decoder, prompt or chat template. Leave them out, or begin without the other pipeline.");
        }

        CheckAdapters(settings, faults);
        CheckIndex(settings, faults);
        if (settings is { Fidelity: not null, Decoder: not null and not IContinuationScorer })
        {
            faults.Add("Fidelity cannot be measured (UseFidelity) with a decoder that cannot score given words. "
                + "Bring one that is an IContinuationScorer too (UseDecoder).");
        }

        if (settings is { DoubtPolicy: DoubtPolicy.HandOver, TextFallback: null })
        {
            faults.Add("Questions whose answer is in doubt are to be handed over (UseDoubtPolicy), but there is nobody to hand them to. "
                + "Name a model (UseTextFallback).");
        }

        if (settings.Prompt is { } prompt && PromptTemplate.Fault(prompt) is { } fault)
        {
            faults.Add(fault);
        }

        if (settings.ChatTemplate is { } template and not (PromptLoader.None or PromptLoader.Chat) && !File.Exists(template))
        {
            faults.Add($"The chat template '{template}' is no file. Name none, chat or a file (UseChatTemplate).");
        }

        // Checks all options records by reflection, including those not named here.
        faults.AddRange(OptionsFaults.Find(settings));
        return faults;
    }

    private static bool SharesModel(PipelineSettings settings, PipelineSettings shared) =>
        (settings.Model, settings.Device, settings.Precision, settings.Tokenizer, settings.Projector, settings.Decoder, settings.Prompt)
            == (shared.Model, shared.Device, shared.Precision, shared.Tokenizer, shared.Projector, shared.Decoder, shared.Prompt)
        && settings.ChatTemplate == shared.ChatTemplate
        && (settings.Compressor == shared.Compressor || settings.Compressor == settings.Shared!.Compressor);

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

        string folder = ModelLayout.DecoderFolder(settings.Model.Folder);
        if (!Directory.Exists(folder))
        {
            faults.Add($"The model folder '{folder}' does not exist.");
        }
        else if (!File.Exists(Path.Combine(folder, "config.json")))
        {
            faults.Add($"The model folder '{folder}' holds no config.json.");
        }
        else if (FaultOfConfig(folder) is { } fault)
        {
            faults.Add(fault);
        }
        else if (settings.Tokenizer is null && !TokenizerFolder.HasOne(folder))
        {
            faults.Add($"The model folder '{folder}' holds neither tokenizer.model nor tokenizer.json. Put there the one that the "
                + "model came with, or call UseTokenizer.");
        }
    }

    /// <summary>Checked before the tokenizer: a model of an unsupported family needs none.</summary>
    private static string? FaultOfConfig(string folder)
    {
        try
        {
            LlamaConfigFile.Read(Path.Combine(folder, LlamaConfigFile.FileName));
            return null;
        }
        catch (CheckpointFormatException error)
        {
            return error.Message;
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

        CheckMerged(settings, faults);
        foreach (IGrouping<string, (string Name, string Folder)> doubled in
            settings.Adapters.GroupBy(adapter => adapter.Name).Where(group => group.Count() > 1))
        {
            faults.Add($"The adapter '{doubled.Key}' is added {doubled.Count()} times. Give each its own name.");
        }
    }

    // The caller's own decoder is reported above, and a missing model has no adapters to list.
    private static void CheckMerged(PipelineSettings settings, List<string> faults)
    {
        if (settings.Decoder is not null || settings.Model is null || !Directory.Exists(settings.Model.Folder))
        {
            return;
        }

        string[] known = [.. settings.Model.FindAdapters().Keys.Union(settings.Adapters.Select(adapter => adapter.Name)).Order()];
        faults.AddRange(settings.MergedAdapters.Where(name => name.Length > 0).Except(known).Select(name =>
            $"There is no adapter '{name}' to merge (MergeAdapter). "
            + (known.Length == 0 ? "The model ships none" : $"There are {string.Join(", ", known)}")
            + ". Name one of the model's, or add it with AddAdapter."));
    }

    private static void CheckIndex(PipelineSettings settings, List<string> faults)
    {
        if (settings is { Index: not null, IndexFile: not null })
        {
            faults.Add("There are two indexes: a file and an object (UseIndex). Name one.");
        }

        if (settings.IndexFile is { } address && address.Contains("://", StringComparison.Ordinal) && settings.FindIndexKind() is null)
        {
            faults.Add($"The index is at an address ({address.Split("://")[0]}://…) that nothing here opens. For PostgreSQL add the package "
                + "LLoCO.Postgres and call AddPostgresIndexes.");
        }
        else if (settings.FindIndexKind() is null && settings.IndexFile is { } file && !string.IsNullOrWhiteSpace(file) && !file.Contains('\0', StringComparison.Ordinal)
            && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
        {
            faults.Add($"The folder of the index, '{folder}', does not exist.");
        }
    }
}
