using LLoCO.Core.Decoding;

namespace LLoCO.Core;

/// <summary>
/// A model on disk: a folder with <c>config.json</c>, weights (<c>model.safetensors</c>, <c>pytorch_model.bin</c> or shards of
/// either), <c>tokenizer.model</c>, and optionally <c>lloco.json</c> (prompts) and <c>adapters/NAME/</c> (PEFT folders).
/// </summary>
/// <remarks>
/// Packages that contain a model provide an instance. A folder from Hugging Face
/// (<c>princeton-nlp/AutoCompressor-Llama-2-7b-6k</c>) works unchanged.
/// </remarks>
/// <param name="Folder">Path of the folder. It is read when a pipeline is built, not before.</param>
/// <param name="Name">Name for messages and logs; the folder's own name where it is <see langword="null"/>.</param>
public sealed record ModelPackage(string Folder, string? Name = null)
{
    /// <summary>Name of the folder that holds one PEFT folder per adapter.</summary>
    public const string AdaptersFolder = "adapters";

    /// <summary>Gets the name for messages and logs.</summary>
    public string DisplayName => Name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)));

    /// <summary>Finds the adapters that the model ships.</summary>
    /// <returns>Adapter name (the folder's name) to folder; empty where there are none.</returns>
    public IReadOnlyDictionary<string, string> FindAdapters()
    {
        string adapters = Path.Combine(Folder, AdaptersFolder);
        return Directory.Exists(adapters)
            ? Directory.EnumerateDirectories(adapters)
                .Where(folder => File.Exists(Path.Combine(folder, "adapter_config.json")))
                .ToDictionary(folder => Path.GetFileName(folder), StringComparer.Ordinal)
            : new Dictionary<string, string>();
    }

    /// <summary>Reads the model's prompts (<c>lloco.json</c>).</summary>
    /// <returns>The prompts; the default ones where the file is absent.</returns>
    /// <exception cref="Checkpoints.CheckpointFormatException">The file is there but is not what it must be.</exception>
    public PromptSettings ReadPrompts() => PromptSettings.Read(Folder);
}
