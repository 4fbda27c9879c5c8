using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>The ids that a model folder names as ends of an answer: <c>eos_token_id</c> of <c>config.json</c> and of
/// <c>generation_config.json</c>.</summary>
internal static class EndTokens
{
    private const string Key = "eos_token_id";
    private const string GenerationFile = "generation_config.json";
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads the ids that end an answer from <c>config.json</c> and <c>generation_config.json</c>.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="vocabulary">Number of ids of the model; larger ids can never be generated and are left out.</param>
    /// <returns>The distinct ids in the files; may be empty. Defaults are not filled in, because the tokenizer has its own end
    /// token.</returns>
    /// <exception cref="CheckpointFormatException">A file is damaged, or an id is no whole number.</exception>
    internal static IReadOnlyList<int> Read(string folder, int vocabulary)
    {
        var ids = new List<int>();
        foreach (string name in (ReadOnlySpan<string>)[LlamaConfigFile.FileName, GenerationFile])
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                using JsonDocument json = JsonFile.Read(path, MaxBytes);
                ids.AddRange(Ids(new JsonFields(path, json.RootElement)));
            }
        }

        return [.. ids.Where(id => id >= 0 && id < vocabulary).Distinct()];
    }

    private static int[] Ids(JsonFields fields) => fields.Find(Key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } several =>
            [.. several.EnumerateArray().Select(id => fields.ToInt(Key, id, -1, int.MaxValue))],
        { } one => [fields.ToInt(Key, one, -1, int.MaxValue)],
    };
}
