using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Json.Models;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>Reads the part <c>added_tokens</c> of a <c>tokenizer.json</c>.</summary>
internal static class AddedTokenReader
{
    /// <summary>Reads the tokens.</summary>
    /// <param name="root">The whole file.</param>
    /// <param name="vocabulary">The model's pieces.</param>
    /// <exception cref="CheckpointFormatException">An entry is broken, or its id is not the one that its place gives.</exception>
    public static IReadOnlyList<AddedToken> Read(JsonFields root, IReadOnlyDictionary<string, int> vocabulary)
    {
        var tokens = new List<AddedToken>();
        if (root.Find("added_tokens") is null)
        {
            return tokens;
        }

        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        int next = vocabulary.Count;
        foreach (JsonFields fields in ComponentReader.Parts(root, "added_tokens"))
        {
            ComponentReader.AllowOnly(fields, "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            string content = ComponentReader.Needed(fields, "content");
            int id = fields.Int("id", 0, ModelReader.LargestId);
            if (content.Length == 0)
            {
                continue;
            }

            int expected = vocabulary.TryGetValue(content, out int known) || ids.TryGetValue(content, out known) ? known : next;
            next = Math.Max(next, expected + 1);
            if (id != expected)
            {
                throw fields.Fault("id", $"'{content}' says id {id}, and its place in the vocabulary gives {expected}: "
                    + "implementations read this in two ways. Save the tokenizer again with the library that made it");
            }

            ids[content] = id;
            bool special = fields.Flag("special", missing: false);
            tokens.Add(new AddedToken(
                id, content, special, fields.Flag("single_word", missing: false), fields.Flag("lstrip", missing: false),
                fields.Flag("rstrip", missing: false), fields.Flag("normalized", missing: !special)));
        }

        return tokens;
    }
}
