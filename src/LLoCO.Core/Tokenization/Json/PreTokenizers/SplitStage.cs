namespace LLoCO.Core.Tokenization.Json.PreTokenizers;

/// <summary>What happens to the matches at which a piece is cut.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each is a piece.</summary>
    Isolated,

    /// <summary>Each match is joined to the text before it.</summary>
    MergedWithPrevious,

    /// <summary>Each match is joined to the text after it.</summary>
    MergedWithNext,

    /// <summary>Neighbours are one piece.</summary>
    Contiguous,
}

/// <summary>Cuts pieces at matches.</summary>
/// <param name="finder">What is looked for.</param>
/// <param name="behavior">What happens to the matches.</param>
/// <param name="invert">Whether the text between the matches is used as matches.</param>
internal sealed class SplitStage(TextFinder finder, SplitBehavior behavior, bool invert = false) : PieceStage
{
    public override void Accept(in Piece piece, EncodeRun run)
    {
        ReadOnlySpan<char> text = piece.Span;
        TextFinder.Search search = finder.In(text, run);
        var cut = new Cut(piece.Start);
        int position = 0;
        while (search.Next(text, out int start, out int end))
        {
            if (position != start)
            {
                Take(piece, ref cut, position, start, invert, run);
            }

            Take(piece, ref cut, start, end, !invert, run);
            position = end;
        }

        if (position != text.Length)
        {
            Take(piece, ref cut, position, text.Length, invert, run);
        }

        Flush(piece, ref cut, run);
    }

    private void Take(in Piece piece, ref Cut cut, int start, int end, bool found, EncodeRun run)
    {
        bool joins = behavior switch
        {
            SplitBehavior.Contiguous => cut.Open && found == cut.LastFound,
            SplitBehavior.MergedWithPrevious => cut.Open && found && !cut.LastFound,
            SplitBehavior.MergedWithNext => cut.Open && !found && cut.LastFound,
            _ => false,
        };
        if (joins)
        {
            cut.End = end;
        }
        else
        {
            Flush(piece, ref cut, run);
            (cut.Begin, cut.End) = (start, end);
            cut.Open = behavior != SplitBehavior.Removed || !found;
        }

        cut.LastFound = found;
    }

    private void Flush(in Piece piece, ref Cut cut, EncodeRun run)
    {
        if (cut.Open)
        {
            Pass(new Piece(piece.Source, cut.Origin + cut.Begin, cut.End - cut.Begin), run);
            cut.Open = false;
        }
    }

    /// <summary>The piece that may still grow.</summary>
    private struct Cut(int origin)
    {
        public int Origin = origin;
        public int Begin;
        public int End;
        public bool Open;
        public bool LastFound;
    }
}
