using System.Text.Json;
using System.Text.Json.Nodes;

namespace LLoCO.Core.Tests.Tokenization.Json;

/// <summary>A text and what the reference makes of it.</summary>
/// <param name="Text">The text.</param>
/// <param name="Ids">Its ids, special tokens in it read as such.</param>
/// <param name="Plain">Its ids, special tokens in it read as text.</param>
/// <param name="Decoded">What <paramref name="Ids"/> decode to.</param>
internal sealed record TokenizerPair(string Text, int[] Ids, int[] Plain, string Decoded);

/// <summary>Reads <c>TestData/tokenizers</c> and, where it is there, <c>../shared/data/tokenizers/json</c>.</summary>
internal static class TokenizerPairs
{
    /// <summary>Vocabularies that are part of the repository.</summary>
    public static readonly IReadOnlyList<string> Here =
    [
        "qwen3_cut", "gptoss_cut", "syn_bytefallback_metaspace_always_split", "syn_bytefallback_metaspace_first",
        "syn_bytefallback_metaspace_never", "syn_bytelevel_digits", "syn_bytelevel_split", "syn_unigram_bytefallback",
        "syn_unigram_metaspace", "syn_wordpiece_bert",
    ];

    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "TestData", "tokenizers");

    /// <summary>Gives the path of a vocabulary of the repository.</summary>
    public static string FileOf(string name) => Path.Combine(Root, name, "tokenizer.json");

    /// <summary>Reads the pairs of a vocabulary of the repository.</summary>
    public static IReadOnlyList<TokenizerPair> Of(string name) => Read(Path.Combine(Root, name, "pairs.json"));

    /// <summary>Reads a file of pairs.</summary>
    public static IReadOnlyList<TokenizerPair> Read(string file) => [.. JsonNode.Parse(File.ReadAllBytes(file))!.AsArray().Select(
        pair => new TokenizerPair(
            pair!["text"]!.GetValue<string>(), Numbers(pair["ids"]!), Numbers(pair["ids_plain"] ?? pair["ids"]!),
            pair["decoded"]!.GetValue<string>()))];

    private static int[] Numbers(JsonNode node) => node.Deserialize<int[]>()!;
}
