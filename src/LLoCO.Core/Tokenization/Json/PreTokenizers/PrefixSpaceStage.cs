namespace LLoCO.Core.Tokenization.Json.PreTokenizers;

/// <summary>The first step of <c>ByteLevel</c> with <c>add_prefix_space</c>: a space before each piece that has none.</summary>
internal sealed class PrefixSpaceStage : PieceStage
{
    public override void Accept(in Piece piece, EncodeRun run)
    {
        if (piece.Span[0] == ' ')
        {
            Pass(piece, run);
            return;
        }

        MappedText text = piece.Source.Slice(piece.Start, piece.Length).WithLead(" ");
        Pass(new Piece(text, 0, text.Text.Length), run);
    }
}
