namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>
/// BERT's word pieces: from the left, the longest matching piece; if a part matches no piece, the whole word is unknown
/// (huggingface/tokenizers, <c>models/wordpiece/mod.rs</c>).
/// </summary>
/// <param name="vocabulary">The pieces' ids.</param>
/// <param name="unknownId">What stands for an unknown word.</param>
/// <param name="prefix">What pieces within a word begin with.</param>
/// <param name="longest">Words of more characters are unknown.</param>
internal sealed class WordPieceModel(Dictionary<string, int> vocabulary, int unknownId, string prefix, int longest) : WordModel
{
    private readonly int _longestPiece = vocabulary.Count == 0 ? 0 : vocabulary.Keys.Max(piece => piece.Length);

    public override IReadOnlyDictionary<string, int> Vocabulary => vocabulary;

    public override void Encode(ReadOnlySpan<char> word, WordTokens tokens, ref object? memory)
    {
        int before = tokens.Count;
        if (CountCharacters(word) > longest || !TryEncode(word, tokens))
        {
            tokens.Truncate(before);
            tokens.Add(unknownId, word.Length);
        }
    }

    private bool TryEncode(ReadOnlySpan<char> word, WordTokens tokens)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> pieces =
            vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> buffer = new char[prefix.Length + Math.Min(word.Length, _longestPiece)];
        prefix.CopyTo(buffer);
        for (int start = 0; start < word.Length;)
        {
            int end = Math.Min(word.Length, start + _longestPiece);
            int id = -1;
            for (; end > start; end--)
            {
                word[start..end].CopyTo(buffer[prefix.Length..]);
                ReadOnlySpan<char> piece = buffer[(start == 0 ? prefix.Length : 0)..(prefix.Length + end - start)];
                if (pieces.TryGetValue(piece, out id))
                {
                    break;
                }
            }

            if (end == start)
            {
                return false;
            }

            tokens.Add(id, end);
            start = end;
        }

        return true;
    }

    private static int CountCharacters(ReadOnlySpan<char> word)
    {
        int count = 0;
        foreach (char c in word)
        {
            count += char.IsLowSurrogate(c) ? 0 : 1;
        }

        return count;
    }
}
