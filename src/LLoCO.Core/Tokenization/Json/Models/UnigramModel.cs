using System.Text;
using LLoCO.Core.Tokenization.Merging;

namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>
/// SentencePiece's unigram model: cuts a word into the pieces with the highest sum of scores (huggingface/tokenizers,
/// <c>models/unigram/model.rs</c>).
/// </summary>
internal sealed class UnigramModel : WordModel
{
    /// <summary>The difference between the score of an unknown character and the worst piece.</summary>
    private const double UnknownPenalty = 10;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly double[] _scores;
    private readonly int _unknownId;
    private readonly int[]? _bytes;
    private readonly PrefixTrie _pieces = new();
    private readonly double _unknownScore;

    /// <summary>Makes the model.</summary>
    /// <param name="vocabulary">The pieces' ids.</param>
    /// <param name="scores">Their scores, natural logarithms.</param>
    /// <param name="unknownId">What stands for unknown characters.</param>
    /// <param name="bytes">Ids of the byte pieces, or <see langword="null"/> where unknown characters do not fall back to
    /// bytes.</param>
    public UnigramModel(Dictionary<string, int> vocabulary, double[] scores, int unknownId, int[]? bytes)
    {
        (_vocabulary, _scores, _unknownId, _bytes) = (vocabulary, scores, unknownId, bytes);
        foreach ((string piece, int id) in vocabulary)
        {
            if (piece.Length > 0)
            {
                _pieces.Add(piece, id);
            }
        }

        _unknownScore = (scores.Length == 0 ? 0 : scores.Min()) - UnknownPenalty;
    }

    public override IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    public override void Encode(ReadOnlySpan<char> word, WordTokens tokens, ref object? memory)
    {
        var path = memory as UnigramPath ?? new UnigramPath();
        memory = path;
        path.Begin(word.Length);
        for (int start = 0; start < word.Length;)
        {
            Rune.DecodeFromUtf16(word[start..], out _, out int single);
            bool known = Extend(word, start, single, path);
            if (!known)
            {
                path.Offer(start, start + single, _unknownId, path.ScoreAt(start) + _unknownScore);
            }

            start += single;
        }

        Emit(word, path, tokens);
    }

    private bool Extend(ReadOnlySpan<char> word, int start, int single, UnigramPath path)
    {
        bool known = false;
        int node = PrefixTrie.Root;
        for (int end = start; end < word.Length && (node = _pieces.Next(node, word[end])) >= 0; end++)
        {
            int id = _pieces.ValueOf(node);
            if (id >= 0)
            {
                path.Offer(start, end + 1, id, path.ScoreAt(start) + _scores[id]);
                known |= end + 1 - start == single;
            }
        }

        return known;
    }

    private void Emit(ReadOnlySpan<char> word, UnigramPath path, WordTokens tokens)
    {
        IReadOnlyList<(int Start, int Id)> cuts = path.Best(word.Length);
        for (int i = cuts.Count - 1; i >= 0;)
        {
            // Unknown neighbours are one token.
            int start = cuts[i].Start;
            int id = cuts[i].Id;
            int last = i;
            while (id == _unknownId && last > 0 && cuts[last - 1].Id == _unknownId)
            {
                last--;
            }

            int end = last > 0 ? cuts[last - 1].Start : word.Length;
            Emit(word[start..end], end, tokens);
            i = last - 1;
        }
    }

    private void Emit(ReadOnlySpan<char> part, int end, WordTokens tokens)
    {
        if (_vocabulary.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(part, out int id))
        {
            tokens.Add(id, end);
        }
        else if (_bytes is null || !AddBytes(part, end, tokens))
        {
            tokens.Add(_unknownId, end);
        }
    }

    private bool AddBytes(ReadOnlySpan<char> part, int end, WordTokens tokens)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(part)];
        Encoding.UTF8.GetBytes(part, bytes);
        if (Array.Exists(bytes, value => _bytes![value] < 0))
        {
            return false;
        }

        int first = end - part.Length;
        int done = 0;
        foreach (Rune rune in part.EnumerateRunes())
        {
            first += rune.Utf16SequenceLength;
            for (int i = 0; i < rune.Utf8SequenceLength; i++)
            {
                tokens.Add(_bytes![bytes[done++]], first);
            }
        }

        return true;
    }
}
