using System.Text;

namespace LLoCO.Core.Tokenization;

/// <summary>
/// SentencePiece's BPE encoding: characters, then again and again the best-scored piece that two neighbours make together, the
/// leftmost of equals (google/sentencepiece, <c>src/bpe_model.cc</c>).
/// </summary>
/// <remarks>
/// Microsoft.ML.Tokenizers 2.0.1 is not used for this: on runs of one sign ("...", "-----") it does not always join the leftmost
/// of equals, so that its ids differ from the original's.
/// </remarks>
internal sealed class SentencePieceEncoder
{
    private readonly SentencePieceModel _model;
    private readonly Dictionary<string, int> _pieces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int[] _byteIds = new int[256];
    private readonly int _unknownId;
    private readonly bool _piecesEndAtSpaces;
    private readonly string[] _userDefined = [];

    public SentencePieceEncoder(SentencePieceModel model)
    {
        _model = model;
        _piecesEndAtSpaces = true;
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            SentencePiece piece = model.Pieces[id];
            switch (piece.Type)
            {
                case SentencePieceType.Normal or SentencePieceType.UserDefined:
                    _pieces.Add(piece.Text, id);
                    _userDefined = piece.Type == SentencePieceType.UserDefined ? [.. _userDefined, piece.Text] : _userDefined;
                    _piecesEndAtSpaces &= !piece.Text.TrimStart(SentencePieceModel.Space).Contains(SentencePieceModel.Space);
                    break;
                case SentencePieceType.Byte:
                    _byteIds[SentencePieceModel.ByteOf(piece)] = id;
                    break;
                case SentencePieceType.Unknown:
                    _unknownId = id;
                    break;
            }
        }

        Array.Sort(_userDefined, (one, other) => other.Length.CompareTo(one.Length));
        _lookup = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Encodes a text.</summary>
    /// <param name="text">The text as the user has it.</param>
    /// <returns>The tokens; a prefix space has length 0.</returns>
    public List<TextToken> Encode(string text)
    {
        var tokens = new List<TextToken>((text.Length / 3) + 1);
        if (text.Length == 0)
        {
            return tokens;
        }

        SentencePieceText normalized = SentencePieceText.From(text, _model);
        var run = new Run(this, normalized, tokens);
        for (int start = 0; start < normalized.Escaped.Length;)
        {
            int end = NextCut(normalized.Escaped, start);
            run.Encode(start, end);
            start = end;
        }

        return tokens;
    }

    // Where no piece holds a space behind another character, nothing is ever joined there: words can be encoded one by one, which
    // keeps the queue short. The ids are the same.
    private int NextCut(string escaped, int start)
    {
        if (!_piecesEndAtSpaces)
        {
            return escaped.Length;
        }

        int position = start;
        while (position < escaped.Length && escaped[position] == SentencePieceModel.Space)
        {
            position++;
        }

        int next = escaped.IndexOf(SentencePieceModel.Space, position);
        return next < 0 ? escaped.Length : next;
    }

    /// <summary>The working memory of one call; encoders are shared between threads, runs are not.</summary>
    private sealed class Run(SentencePieceEncoder owner, SentencePieceText text, List<TextToken> tokens)
    {
        private readonly string _escaped = text.Escaped;
        private readonly List<Symbol> _symbols = [];
        private readonly PriorityQueue<(int Left, int Right, int Length), (float Score, int Left)> _queue =
            new(Comparer<(float Score, int Left)>.Create((one, other) =>
                one.Score != other.Score ? other.Score.CompareTo(one.Score) : one.Left.CompareTo(other.Left)));

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
                Emit(_symbols[i]);
            }
        }

        // User-defined pieces are found before anything is joined, the longest first, and are never joined themselves.
        private bool StartsUserDefined(int position, out int length)
        {
            foreach (string piece in owner._userDefined)
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
                && owner._lookup.TryGetValue(_escaped.AsSpan(_symbols[left].Start, length), out int id))
            {
                _queue.Enqueue((left, right, length), (owner._model.Pieces[id].Score, left));
            }
        }

        private void Emit(Symbol symbol)
        {
            ReadOnlySpan<char> piece = _escaped.AsSpan(symbol.Start, symbol.Length);
            int start = text.OriginOf(symbol.Start);
            int end = text.OriginOf(symbol.Start + symbol.Length);
            if (owner._lookup.TryGetValue(piece, out int id))
            {
                tokens.Add(new TextToken(id, start, end - start));
            }
            else if (owner._model.ByteFallback)
            {
                Rune.DecodeFromUtf16(piece, out Rune rune, out _);
                Span<byte> bytes = stackalloc byte[4];
                int count = rune.EncodeToUtf8(bytes);
                for (int i = 0; i < count; i++)
                {
                    tokens.Add(new TextToken(owner._byteIds[bytes[i]], i == 0 ? start : end, i == 0 ? end - start : 0));
                }
            }
            else if (tokens.Count > 0 && tokens[^1].Id == owner._unknownId)
            {
                tokens[^1] = tokens[^1] with { Length = end - tokens[^1].Start }; // a run of unknown characters is one token
            }
            else
            {
                tokens.Add(new TextToken(owner._unknownId, start, end - start));
            }
        }
    }

    private readonly record struct Symbol(int Start, int Length, int Previous, int Next, bool IsFrozen);
}
