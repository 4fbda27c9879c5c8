using System.Text.Json;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Decoding;

/// <summary>
/// The prompts of a model, from <c>lloco.json</c> in its folder. Keys: <c>prompt</c>, the template; <c>prompts</c>, templates of
/// single adapters by name, because the original has one instruction per data set; <c>chat</c>, whether they stand in a user's
/// turn of the model's chat template (without the key, they do not); <c>answer_after</c>, by adapter name, what stands between the steps
/// that the adapter writes first and its answer: answers begin behind it.
/// </summary>
public sealed record PromptSettings
{
    /// <summary>Name of the file in a model folder.</summary>
    public const string FileName = "lloco.json";

    private const int MaxBytes = 1 << 20;

    /// <summary>Gets the template for every adapter without its own, and for the base model.</summary>
    public PromptTemplate Prompt { get; init; } = PromptTemplate.Default;

    /// <summary>Gets templates by adapter name.</summary>
    public IReadOnlyDictionary<string, PromptTemplate> Adapters { get; init; } = new Dictionary<string, PromptTemplate>();

    /// <summary>Gets, by adapter name, what stands between written steps and the answer.</summary>
    private IReadOnlyDictionary<string, string> Marks { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets whether the file says to use the model's chat template, or not to; <see langword="null"/> where it says
    /// nothing.</summary>
    internal bool? UsesChat { get; private init; }

    /// <summary>Gets whether the file has a template for every adapter without its own.</summary>
    internal bool HasPrompt { get; private init; }

    /// <summary>Finds the template for an adapter.</summary>
    /// <param name="adapter">Name of the adapter, or <see langword="null"/> for the base model.</param>
    /// <returns>The adapter's own template, or <see cref="Prompt"/>.</returns>
    public PromptTemplate For(string? adapter) =>
        adapter is not null && Adapters.TryGetValue(adapter, out PromptTemplate? own) ? own : Prompt;

    /// <summary>Finds what stands between the steps that an adapter writes and its answer.</summary>
    /// <param name="adapter">Name of the adapter, or <see langword="null"/> for the base model.</param>
    /// <returns>The mark; <see langword="null"/> for an adapter that answers at once.</returns>
    internal string? MarkOf(string? adapter) => adapter is null ? null : Marks.GetValueOrDefault(adapter);

    /// <summary>Reads the settings of a model folder.</summary>
    /// <param name="folder">The model folder.</param>
    /// <returns>The settings; defaults if the file or a key is absent.</returns>
    /// <exception cref="CheckpointFormatException">The file is not a JSON object with distinct keys, or a template is not a text
    /// with its mark.</exception>
    public static PromptSettings Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return new PromptSettings();
        }

        using JsonDocument json = JsonFile.Read(file, MaxBytes);
        var fields = new JsonFields(file, json.RootElement);
        var adapters = new Dictionary<string, PromptTemplate>(StringComparer.Ordinal);
        if (fields.Child("prompts") is { } prompts)
        {
            foreach (JsonProperty entry in prompts.Object.EnumerateObject())
            {
                adapters.Add(entry.Name, Template(prompts, entry.Name) ?? throw prompts.Fault(entry.Name, "null is no template"));
            }
        }

        var marks = new Dictionary<string, string>(StringComparer.Ordinal);
        if (fields.Child("answer_after") is { } after)
        {
            foreach (JsonProperty entry in after.Object.EnumerateObject())
            {
                marks.Add(entry.Name, after.Text(entry.Name) is { } mark && !string.IsNullOrWhiteSpace(mark)
                    ? mark
                    : throw after.Fault(entry.Name, "an empty text marks nothing"));
            }
        }

        PromptTemplate? prompt = Template(fields, "prompt");
        return new PromptSettings
        {
            Prompt = prompt ?? PromptTemplate.Default,
            Adapters = adapters,
            Marks = marks,
            HasPrompt = prompt is not null,
            UsesChat = fields.Find("chat") is null ? null : fields.Flag("chat", missing: false),
        };
    }

    private static PromptTemplate? Template(JsonFields fields, string key)
    {
        if (fields.Text(key) is not { } text)
        {
            return null;
        }

        return PromptTemplate.Fault(text) is { } fault ? throw fields.Fault(key, fault) : new PromptTemplate(text);
    }
}
