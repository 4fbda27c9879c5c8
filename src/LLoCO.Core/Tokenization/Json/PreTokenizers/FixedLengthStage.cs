namespace LLoCO.Core.Tokenization.Json.PreTokenizers;

/// <summary><c>FixedLength</c>: cuts after a number of characters.</summary>
/// <param name="length">How many.</param>
internal sealed class FixedLengthStage(int length) : PieceStage
{
    public override void Accept(in Piece piece, EncodeRun run)
    {
        ReadOnlySpan<char> text = piece.Span;
        int start = 0;
        while (start < text.Length)
        {
            int end = start;
            for (int count = 0; count < length && end < text.Length; count++)
            {
                end += end + 1 < text.Length && char.IsSurrogatePair(text[end], text[end + 1]) ? 2 : 1;
            }

            Pass(new Piece(piece.Source, piece.Start + start, end - start), run);
            start = end;
        }
    }
}
