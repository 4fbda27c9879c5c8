using LLoCO.Core.Tokenization.Json.Normalizers;

namespace LLoCO.Core.Tokenization.Json.PreTokenizers;

/// <summary>The last step of <c>ByteLevel</c> where others follow: each byte as a letter.</summary>
internal sealed class BytesStage : PieceStage
{
    private static readonly CharacterNormalizer Letters = new(CharacterRules.Bytes);

    public override void Accept(in Piece piece, EncodeRun run)
    {
        MappedText text = Letters.Normalize(piece.Source.Slice(piece.Start, piece.Length), run.Track);
        Pass(new Piece(text, 0, text.Text.Length), run);
    }
}
