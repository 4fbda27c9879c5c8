using System.Text.Json;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>
/// Settings from the files beside a <c>tokenizer.json</c>: which token begins a text and whether it is added, and which one ends
/// an answer.
/// </summary>
/// <param name="Begin">The token that begins a text, or <see langword="null"/>.</param>
/// <param name="End">The token that ends an answer, or <see langword="null"/>.</param>
/// <param name="AddsBegin">Whether a text is begun with it; <see langword="null"/> leaves that to the post-processor.</param>
internal sealed record SpecialTokenNames(string? Begin, string? End, bool? AddsBegin)
{
    /// <summary>Bounds the reading: Gemma's file, with its 6,415 added tokens, has 1.2 MB.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>Gets the names of the files that are read beside a <c>tokenizer.json</c>.</summary>
    public static readonly IReadOnlyList<string> Files = ["tokenizer_config.json", "special_tokens_map.json"];

    /// <summary>Reads <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> where they are.</summary>
    /// <param name="folder">The folder of the <c>tokenizer.json</c>.</param>
    /// <exception cref="CheckpointFormatException">One is damaged.</exception>
    public static SpecialTokenNames Read(string folder)
    {
        SpecialTokenNames first = ReadFile(Path.Combine(folder, Files[0]));
        SpecialTokenNames second = ReadFile(Path.Combine(folder, Files[1]));
        return new SpecialTokenNames(first.Begin ?? second.Begin, first.End ?? second.End, first.AddsBegin);
    }

    private static SpecialTokenNames ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            return new SpecialTokenNames(null, null, null);
        }

        using JsonDocument document = JsonFile.Read(path, MaxBytes);
        var fields = new JsonFields(path, document.RootElement);
        bool? adds = fields.Find("add_bos_token") is null ? null : fields.Flag("add_bos_token", missing: false);
        return new SpecialTokenNames(Name(fields, "bos_token"), Name(fields, "eos_token"), adds);
    }

    // A name, or an added token with its settings.
    private static string? Name(JsonFields fields, string key) => fields.Find(key) is { ValueKind: JsonValueKind.Object }
        ? fields.Child(key)!.Value.Text("content")
        : fields.Text(key);
}
