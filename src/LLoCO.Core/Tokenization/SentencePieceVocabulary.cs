namespace LLoCO.Core.Tokenization;

/// <summary>A model's pieces, indexed for encoding. Immutable, shared between threads.</summary>
internal sealed class SentencePieceVocabulary
{
    private readonly IReadOnlyList<SentencePiece> _pieces;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int[] _byteIds = new int[256];

    /// <summary>Takes the pieces of a model that was found usable.</summary>
    /// <param name="model">The model.</param>
    public SentencePieceVocabulary(SentencePieceModel model)
    {
        _pieces = model.Pieces;
        ByteFallback = model.ByteFallback;
        for (int id = 0; id < _pieces.Count; id++)
        {
            SentencePiece piece = _pieces[id];
            switch (piece.Type)
            {
                case SentencePieceType.Normal or SentencePieceType.UserDefined or SentencePieceType.Unused:
                    _ids.Add(piece.Text, id);
                    break;
                case SentencePieceType.Byte:
                    _byteIds[SentencePieceModel.ByteOf(piece)] = id;
                    break;
                case SentencePieceType.Unknown:
                    UnknownId = id;
                    break;
            }
        }

        UserDefined =
        [
            .. _pieces.Where(piece => piece.Type == SentencePieceType.UserDefined).Select(piece => piece.Text)
                .OrderByDescending(text => text.Length),
        ];
        HasUnused = _pieces.Any(piece => piece.Type == SentencePieceType.Unused);
        PiecesEndAtSpaces = !_ids.Keys.Any(
            text => text.AsSpan().TrimStart(SentencePieceModel.Space).Contains(SentencePieceModel.Space));
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Gets whether characters without a piece become byte pieces.</summary>
    public bool ByteFallback { get; }

    /// <summary>Gets the id for characters without a piece, if there are no byte pieces.</summary>
    public int UnknownId { get; }

    /// <summary>Gets the texts that are always one piece, the longest first.</summary>
    public IReadOnlyList<string> UserDefined { get; }

    /// <summary>Gets whether no piece holds a space behind another character.</summary>
    public bool PiecesEndAtSpaces { get; }

    /// <summary>Gets whether there are unused pieces, which are joined on the way to others and split again if they are left at
    /// the end.</summary>
    public bool HasUnused { get; }

    /// <summary>Whether a piece is one of those.</summary>
    /// <param name="id">Its id.</param>
    public bool IsUnused(int id) => _pieces[id].Type == SentencePieceType.Unused;

    /// <summary>Finds a piece.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="id">Its id.</param>
    /// <returns>Whether there is one that text may become; control and byte pieces are none.</returns>
    public bool TryGetId(ReadOnlySpan<char> text, out int id) => _lookup.TryGetValue(text, out id);

    /// <summary>Gives a piece's score; higher is joined earlier.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The score.</returns>
    public float ScoreOf(int id) => _pieces[id].Score;

    /// <summary>Gives the id of a byte piece.</summary>
    /// <param name="value">The byte.</param>
    /// <returns>The id.</returns>
    public int IdOfByte(byte value) => _byteIds[value];
}
