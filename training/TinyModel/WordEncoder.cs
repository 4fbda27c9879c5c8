using LLoCO.Core.Tokenization;

namespace LLoCO.Models.Tiny.Training;

/// <summary>
/// Encodes generated text word by word through a table of the words seen. Pieces of our own vocabularies never cross a space,
/// so the ids equal those of the whole text, at many times the speed. One thread at a time.
/// </summary>
internal sealed class WordEncoder(ITokenizer tokenizer)
{
    /// <summary>An open vocabulary has no end: beyond so many words the table begins anew.</summary>
    private const int MaxWords = 1 << 18;

    private readonly Dictionary<string, int[]> _words = new(StringComparer.Ordinal);

    /// <summary>Encodes a text.</summary>
    /// <param name="text">Words with single spaces between them.</param>
    /// <param name="ids">Receives the ids.</param>
    /// <param name="wordStarts">If given, receives for each word the number of ids before it.</param>
    internal void Encode(string text, List<int> ids, List<int>? wordStarts = null)
    {
        foreach (string word in text.Split(' '))
        {
            wordStarts?.Add(ids.Count);
            if (!_words.TryGetValue(word, out int[]? pieces))
            {
                pieces = tokenizer.Encode(word).ToArray();
                if (_words.Count == MaxWords)
                {
                    _words.Clear();
                }

                _words.Add(word, pieces);
            }

            ids.AddRange(pieces);
        }
    }
}
