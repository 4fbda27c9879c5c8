namespace LLoCO.Core.Tokenization.Json.PreTokenizers;

/// <summary>
/// One step between normalizer and tokens: takes pieces in order, and passes its results to the next step. Safe for concurrent
/// use once all steps are linked.
/// </summary>
internal abstract class PieceStage
{
    /// <summary>Gets or sets the next step.</summary>
    public PieceStage? Next { get; set; }

    /// <summary>Takes a piece; never an empty one.</summary>
    public abstract void Accept(in Piece piece, EncodeRun run);

    /// <summary>Hands a piece on, unless it is empty.</summary>
    protected void Pass(in Piece piece, EncodeRun run)
    {
        if (piece.Length > 0)
        {
            Next!.Accept(piece, run);
        }
    }
}
