using System.Text;

namespace LLoCO.Core.Tokenization;

/// <summary>
/// SentencePiece's BPE encoding: starts with characters, and repeatedly joins the two neighbours that form the best-scored piece,
/// the leftmost of equals (google/sentencepiece, <c>src/bpe_model.cc</c>). An unused piece is joined like any other; one that is
/// left at the end is split into the two pieces that formed it. Holds the working memory of one call.
/// </summary>
/// <remarks>
/// Microsoft.ML.Tokenizers 2.0.1 is not used for this: on runs of one character ("...", "-----") it does not always join the
/// leftmost of equals, so its ids differ from the original's.
/// </remarks>
/// <param name="vocabulary">The pieces.</param>
/// <param name="text">The text.</param>
/// <param name="tokens">Gets the tokens.</param>
internal sealed class SentencePieceMerger(SentencePieceVocabulary vocabulary, SentencePieceText text, List<TextToken> tokens)
{
    private readonly string _escaped = text.Escaped;
    private readonly List<Symbol> _symbols = [];

    /// <summary>Length of the left part of each unused piece, of the two that it was offered for last.</summary>
    private readonly Dictionary<string, int> _parts = new(StringComparer.Ordinal);

    private readonly PriorityQueue<(int Left, int Right, int Length), (float Score, int Left)> _queue =
        new(Comparer<(float Score, int Left)>.Create((one, other) =>
            one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Left.CompareTo(other.Left)));

    /// <summary>Encodes a stretch; no piece crosses its borders.</summary>
    /// <param name="start">Its begin in the escaped text.</param>
    /// <param name="end">Its end.</param>
    public void Encode(int start, int end)
    {
        _symbols.Clear();
        for (int position = start; position < end;)
        {
            bool frozen = StartsUserDefined(position, out int length);
            _symbols.Add(new Symbol(position, length, _symbols.Count - 1, _symbols.Count + 1, frozen));
            position += length;
        }

        for (int i = 0; i + 1 < _symbols.Count; i++)
        {
            Offer(i, i + 1);
        }

        JoinAll();
        for (int i = 0; i < _symbols.Count; i = _symbols[i].Next)
        {
            Emit(_symbols[i].Start, _symbols[i].Length);
        }
    }

    // User-defined pieces are found before anything is joined, the longest first, and are never joined themselves.
    private bool StartsUserDefined(int position, out int length)
    {
        foreach (string piece in vocabulary.UserDefined)
        {
            if (_escaped.AsSpan(position).StartsWith(piece, StringComparison.Ordinal))
            {
                length = piece.Length;
                return true;
            }
        }

        Rune.DecodeFromUtf16(_escaped.AsSpan(position), out _, out length);
        return false;
    }

    private void JoinAll()
    {
        while (_queue.TryDequeue(out (int Left, int Right, int Length) pair, out _))
        {
            Symbol left = _symbols[pair.Left];
            Symbol right = _symbols[pair.Right];
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
            {
                continue; // one of the two was joined with another neighbour meanwhile
            }

            _symbols[pair.Left] = left with { Length = pair.Length, Next = right.Next };
            _symbols[pair.Right] = right with { Length = 0 };
            if (right.Next < _symbols.Count)
            {
                _symbols[right.Next] = _symbols[right.Next] with { Previous = pair.Left };
                Offer(pair.Left, right.Next);
            }

            if (left.Previous >= 0)
            {
                Offer(left.Previous, pair.Left);
            }
        }
    }

    private void Offer(int left, int right)
    {
        int length = _symbols[left].Length + _symbols[right].Length;
        if (!_symbols[left].IsFrozen && !_symbols[right].IsFrozen
            && vocabulary.TryGetId(_escaped.AsSpan(_symbols[left].Start, length), out int id))
        {
            _queue.Enqueue((left, right, length), (vocabulary.ScoreOf(id), left));
            if (vocabulary.IsUnused(id))
            {
                _parts[_escaped.Substring(_symbols[left].Start, length)] = _symbols[left].Length;
            }
        }
    }

    private void Emit(int position, int length)
    {
        ReadOnlySpan<char> piece = _escaped.AsSpan(position, length);
        int start = text.OriginOf(position);
        int end = text.OriginOf(position + length);
        if (vocabulary.TryGetId(piece, out int id))
        {
            if (vocabulary.IsUnused(id) && _parts.TryGetValue(piece.ToString(), out int left))
            {
                Emit(position, left);
                Emit(position + left, length - left);
                return;
            }

            tokens.Add(new TextToken(id, start, end - start));
        }
        else if (vocabulary.ByteFallback)
        {
            Rune.DecodeFromUtf16(piece, out Rune rune, out _);
            Span<byte> bytes = stackalloc byte[4];
            int count = rune.EncodeToUtf8(bytes);
            for (int i = 0; i < count; i++)
            {
                tokens.Add(new TextToken(vocabulary.IdOfByte(bytes[i]), i == 0 ? start : end, i == 0 ? end - start : 0));
            }
        }
        else if (tokens.Count > 0 && tokens[^1].Id == vocabulary.UnknownId)
        {
            tokens[^1] = tokens[^1] with { Length = end - tokens[^1].Start }; // a run of unknown characters is one token
        }
        else
        {
            tokens.Add(new TextToken(vocabulary.UnknownId, start, end - start));
        }
    }

    private readonly record struct Symbol(int Start, int Length, int Previous, int Next, bool IsFrozen);
}
