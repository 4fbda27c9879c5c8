using System.Globalization;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization;

/// <summary>What a piece is (google/sentencepiece, <c>sentencepiece_model.proto</c>, <c>SentencePiece.Type</c>).</summary>
internal enum SentencePieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>One entry of the vocabulary; its id is its index.</summary>
internal readonly record struct SentencePiece(string Text, float Score, SentencePieceType Type);

/// <summary>
/// The parts of a SentencePiece <c>ModelProto</c> that encoding and decoding depend on. Field numbers are those of
/// google/sentencepiece, <c>src/sentencepiece_model.proto</c>.
/// </summary>
internal sealed record SentencePieceModel
{
    /// <summary>The character for a space inside pieces.</summary>
    public const char Space = '\u2581';

    /// <summary>Gets the vocabulary in id order.</summary>
    public required IReadOnlyList<SentencePiece> Pieces { get; init; }

    /// <summary>Gets whether characters outside the vocabulary become byte pieces.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Gets whether a space is put before the text.</summary>
    public bool AddDummyPrefix { get; init; } = true;

    /// <summary>Gets whether runs of spaces shrink to one, which no decoder can undo.</summary>
    public bool RemoveExtraWhitespaces { get; init; } = true;

    /// <summary>Gets whether the text is rewritten (NFKC and the like) before it is encoded.</summary>
    public bool HasCharacterMap { get; init; }

    /// <summary>Gets whether decoded text is rewritten.</summary>
    public bool HasDenormalizer { get; init; }

    /// <summary>Gets whether spaces stand behind words in pieces rather than before them
    /// (<c>treat_whitespace_as_suffix</c>).</summary>
    public bool SpacesAreSuffixes { get; init; }

    /// <summary>Gets whether spaces become U+2581 in pieces (<c>escape_whitespaces</c>).</summary>
    public bool EscapesSpaces { get; init; } = true;

    /// <summary>Gets whether the model is a BPE model (<c>model_type</c> 2), the only kind LLaMA uses.</summary>
    public bool IsBytePair { get; init; }

    /// <summary>Gets the id of BOS; negative where there is none.</summary>
    public int BeginId { get; init; } = 1;

    /// <summary>Gets the id of EOS; negative where there is none.</summary>
    public int EndId { get; init; } = 2;

    /// <summary>Gets the byte that a piece of the form <c>&lt;0xNN&gt;</c> stands for.</summary>
    /// <param name="piece">A piece of type <see cref="SentencePieceType.Byte"/> of a usable model.</param>
    /// <returns>The byte.</returns>
    public static byte ByteOf(SentencePiece piece) => byte.Parse(piece.Text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, null);

    /// <summary>Refuses models that the encoder would encode wrongly.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="CheckpointFormatException">It is no BPE model, rewrites text, or its pieces contradict each other.
    /// </exception>
    public void EnsureUsable(string file)
    {
        string? fault = this switch
        {
            { IsBytePair: false } => "is no BPE model (model_type 2), LLaMA's kind.",
            { HasCharacterMap: true } =>
                "rewrites characters (a normalization rule other than identity), so offsets and decoded text would be wrong; "
                + "bring a model with the identity rule, as LLaMA's.",
            { HasDenormalizer: true } =>
                "rewrites decoded text (denormalizer_spec), which is not supported; bring a model without it, as LLaMA's.",
            { SpacesAreSuffixes: true } =>
                "puts spaces behind words (treat_whitespace_as_suffix), which is not supported: its ids would be wrong; bring a model "
                + "with spaces before words, as LLaMA's.",
            { EscapesSpaces: false } =>
                "keeps spaces as they are (escape_whitespaces is false), which is not supported: its ids would be wrong; bring a model "
                + "that escapes them, as LLaMA's.",
            _ => FaultOfPieces(),
        };
        if (fault is not null)
        {
            throw new CheckpointFormatException(file, null, fault);
        }
    }

    private string? FaultOfPieces()
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (SentencePiece piece in Pieces)
        {
            if (piece.Text.Length == 0 || float.IsNaN(piece.Score) || !texts.Add(piece.Text))
            {
                return $"piece {texts.Count} '{piece.Text}' is empty, doubled, or has no number for a score.";
            }

            if (!Enum.IsDefined(piece.Type))
            {
                return $"piece '{piece.Text}' is of type {(int)piece.Type}, which is not known.";
            }

            if (piece.Type == SentencePieceType.Byte && !IsByteName(piece.Text))
            {
                return $"byte piece '{piece.Text}' is not of the form <0xNN>.";
            }
        }

        int bytes = Pieces.Count(piece => piece.Type == SentencePieceType.Byte);
        return ByteFallback && bytes != 256 ? $"asks for byte pieces, but has {bytes} of 256." : null;
    }

    private static bool IsByteName(string text) =>
        text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
        && char.IsAsciiHexDigit(text[3]) && char.IsAsciiHexDigit(text[4]);
}
