using LLoCO.Core.Tokenization.Json;
using LLoCO.Core.Tokenization.Json.Models;
using LLoCO.Core.Tokenization.Json.PreTokenizers;
using LLoCO.Core.Tokenization.Merging;
using LLoCO.Core.Tokenization.Patterns;

namespace LLoCO.Core.Tokenization;

/// <summary>
/// A tiktoken file's tokens as a byte-pair vocabulary: two tokens may join if together they form a third one, and the pair has
/// the third's rank (openai/tiktoken, <c>src/lib.rs</c>). A word that is a token is that token.
/// </summary>
internal static class TiktokenRanks
{
    private const string Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    // meta-llama/llama3 and llama-models, llama/tokenizer.py: places behind the ranks. The others are reserved.
    private static readonly (int Place, string Name)[] Specials =
    [
        (0, "<|begin_of_text|>"), (1, "<|end_of_text|>"), (4, "<|finetune_right_pad_id|>"), (6, "<|start_header_id|>"),
        (7, "<|end_header_id|>"), (8, "<|eom_id|>"), (9, "<|eot_id|>"), (10, "<|python_tag|>"),
    ];

    private static readonly Lazy<Pattern> WordPattern = new(() => Pattern.Compile(Words));

    /// <summary>Makes the parts of a tokenizer.</summary>
    /// <param name="tokens">The tokens' bytes, by rank.</param>
    public static TokenizerJson ToParts(byte[][] tokens)
    {
        string[] letters = [.. tokens.Select(Letters)];
        var vocabulary = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        for (int rank = 0; rank < letters.Length; rank++)
        {
            vocabulary.Add(letters[rank], rank);
        }

        var settings = new BpeSettings(vocabulary, -1, false, null, IgnoreMerges: true, string.Empty, string.Empty);
        var model = new BpeModel(settings, Pairs(letters, vocabulary), new BpeJoins(settings));
        return new TokenizerJson
        {
            Normalizer = null,
            Stages = new SplitStage(new TextFinder(WordPattern.Value), SplitBehavior.Isolated) { Next = new ModelStage(model, bytes: true) },
            AsksForPlace = false,
            Model = model,
            Decoder = null,
            AddedTokens = [.. Specials.Select(special => new AddedToken(
                tokens.Length + special.Place, special.Name, true, false, false, false, false))],
            Before = [],
            Description = "tiktoken",
        };
    }

    private static MergeTable Pairs(string[] letters, Dictionary<string, int> vocabulary)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ranks = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var table = new MergeTable(letters.Length * 2);
        for (int rank = 0; rank < letters.Length; rank++)
        {
            ReadOnlySpan<char> token = letters[rank];
            for (int cut = 1; cut < token.Length; cut++)
            {
                if (ranks.TryGetValue(token[..cut], out int left) && ranks.TryGetValue(token[cut..], out int right))
                {
                    table.Add(left, right, rank, rank);
                }
            }
        }

        return table;
    }

    private static string Letters(byte[] token) => string.Create(token.Length, token, static (letters, bytes) =>
    {
        for (int i = 0; i < letters.Length; i++)
        {
            letters[i] = ByteLetters.LetterOf(bytes[i]);
        }
    });
}
