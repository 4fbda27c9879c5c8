using System.Text.Json;
using System.Text.Json.Serialization;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Decoding;

/// <summary>
/// How a model wants to be asked: <c>lloco.json</c> in its folder. Keys: <c>prompt</c>, the template; <c>prompts</c>, templates
/// of single adapters by name, since the original has one instruction per data set.
/// </summary>
public sealed record PromptSettings
{
    /// <summary>Name of the file in a model folder.</summary>
    public const string FileName = "lloco.json";

    /// <summary>Gets the template for every adapter without its own, and for the base model.</summary>
    public PromptTemplate Prompt { get; init; } = PromptTemplate.Default;

    /// <summary>Gets templates by adapter name.</summary>
    public IReadOnlyDictionary<string, PromptTemplate> Adapters { get; init; } = new Dictionary<string, PromptTemplate>();

    /// <summary>Finds the template for an adapter.</summary>
    /// <param name="adapter">Name of the adapter, or <see langword="null"/> for the base model.</param>
    /// <returns>The adapter's own template, or <see cref="Prompt"/>.</returns>
    public PromptTemplate For(string? adapter) =>
        adapter is not null && Adapters.TryGetValue(adapter, out PromptTemplate? own) ? own : Prompt;

    /// <summary>Reads the settings of a model folder.</summary>
    /// <param name="folder">The model folder.</param>
    /// <returns>The settings; defaults where the file or a key is absent.</returns>
    /// <exception cref="CheckpointFormatException">The file is not JSON, or a template lacks its mark.</exception>
    public static PromptSettings Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return new PromptSettings();
        }

        FileContent content;
        try
        {
            using FileStream stream = File.OpenRead(file);
            content = JsonSerializer.Deserialize<FileContent>(stream) ?? new FileContent();
        }
        catch (JsonException error)
        {
            throw new CheckpointFormatException(
                file, key: null, "is not the JSON object that it must be: " + error.Message, error);
        }

        return new PromptSettings
        {
            Prompt = content.Prompt is null ? PromptTemplate.Default : Template(file, "prompt", content.Prompt),
            Adapters = (content.Prompts ?? []).ToDictionary(
                entry => entry.Key, entry => Template(file, "prompts." + entry.Key, entry.Value), StringComparer.Ordinal),
        };
    }

    private static PromptTemplate Template(string file, string key, string text) =>
        PromptTemplate.Fault(text) is { } fault
            ? throw new CheckpointFormatException(file, key, fault)
            : new PromptTemplate(text);

    private sealed record FileContent
    {
        [JsonPropertyName("prompt")]
        public string? Prompt { get; init; }

        [JsonPropertyName("prompts")]
        public Dictionary<string, string>? Prompts { get; init; }
    }
}
