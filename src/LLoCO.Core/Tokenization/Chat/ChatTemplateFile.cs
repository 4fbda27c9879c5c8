using System.Text;
using System.Text.Json;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization.Chat;

/// <summary>
/// Finds the chat template of a model folder: <c>chat_template.jinja</c>, then the key <c>chat_template</c> of
/// <c>tokenizer_config.json</c> (a text, or a list of named ones of which <c>default</c> is taken), then
/// <c>chat_template.json</c>.
/// </summary>
internal static class ChatTemplateFile
{
    private const string Key = "chat_template";
    private const string Default = "default";
    private const int MaxBytes = 16 << 20;
    private const int MaxTemplateBytes = 4 << 20;

    private static readonly string[] TokenNames = ["bos_token", "eos_token", "unk_token", "pad_token"];

    /// <summary>Gets the names of the files that a chat template may be in.</summary>
    public static readonly IReadOnlyList<string> Files =
        ["chat_template.jinja", "tokenizer_config.json", "chat_template.json", "special_tokens_map.json"];

    /// <summary>Finds and reads the template of a model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The template; <see langword="null"/> where it has none.</returns>
    /// <exception cref="LlocoException">It is broken, or holds what is not supported; the message names it.</exception>
    public static ChatTemplate? Find(string folder)
    {
        string file = Path.Combine(folder, Files[0]);
        if (File.Exists(file))
        {
            return Load(file, folder);
        }

        foreach (string name in (ReadOnlySpan<string>)[Files[1], Files[2]])
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path) && ReadKey(path) is { } text)
            {
                return new ChatTemplate(path, text, Tokens(folder));
            }
        }

        return null;
    }

    /// <summary>Reads a template from a file of its own.</summary>
    /// <param name="file">The file.</param>
    /// <param name="folder">The model folder, whose tokens it names.</param>
    /// <exception cref="LlocoException">It is broken, or holds what is not supported; the message names it.</exception>
    public static ChatTemplate Load(string file, string folder)
    {
        using FileStream stream = VocabularyFile.Open(file);
        byte[] bytes = VocabularyFile.ReadAll(stream, file, MaxTemplateBytes);
        return new ChatTemplate(file, Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), Tokens(folder));
    }

    private static string? ReadKey(string path)
    {
        using JsonDocument json = JsonFile.Read(path, MaxBytes);
        var fields = new JsonFields(path, json.RootElement);
        if (fields.Find(Key) is not { ValueKind: JsonValueKind.Array } several)
        {
            return fields.Text(Key);
        }

        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonElement one in several.EnumerateArray())
        {
            var entry = one.ValueKind == JsonValueKind.Object
                ? new JsonFields(path, one, Key + ".")
                : throw fields.Fault(Key, $"{JsonFields.Show(one)} is not an object with name and template");
            named[entry.Text("name") ?? throw entry.Fault("name", "the key is missing")] =
                entry.Text("template") ?? throw entry.Fault("template", "the key is missing");
        }

        return named.TryGetValue(Default, out string? found) ? found
            : named.Count == 1 ? named.Values.First()
            : throw fields.Fault(Key, $"none of the templates ({string.Join(", ", named.Keys)}) has the name {Default}");
    }

    private static Dictionary<string, string> Tokens(string folder)
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in (ReadOnlySpan<string>)[Files[1], Files[3]])
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path))
            {
                continue;
            }

            using JsonDocument json = JsonFile.Read(path, MaxBytes);
            var fields = new JsonFields(path, json.RootElement);
            foreach (string token in TokenNames)
            {
                string? written = fields.Find(token) is { ValueKind: JsonValueKind.Object }
                    ? fields.Child(token)!.Value.Text("content")
                    : fields.Text(token);
                if (written is not null)
                {
                    tokens.TryAdd(token, written);
                }
            }
        }

        return tokens;
    }
}
