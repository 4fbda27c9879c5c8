namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>One token per word.</summary>
/// <param name="vocabulary">The words' ids.</param>
/// <param name="unknownId">What stands for an unknown word, or -1 for nothing.</param>
internal sealed class WordLevelModel(Dictionary<string, int> vocabulary, int unknownId) : WordModel
{
    public override IReadOnlyDictionary<string, int> Vocabulary => vocabulary;

    public override void Encode(ReadOnlySpan<char> word, WordTokens tokens, ref object? memory)
    {
        if (vocabulary.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out int id) || (id = unknownId) >= 0)
        {
            tokens.Add(id, word.Length);
        }
    }
}
