using System.Text;

namespace LLoCO.Core.Tokenization.Json.PreTokenizers;

/// <summary>Where <c>Metaspace</c> puts its sign before a piece.</summary>
internal enum PrependScheme
{
    /// <summary>Before each that has none.</summary>
    Always,

    /// <summary>Before the one at the text's begin.</summary>
    First,

    /// <summary>No blank is put in front.</summary>
    Never,
}

/// <summary><c>Metaspace</c> without its cutting: spaces become a sign, and one is added in front.</summary>
/// <param name="sign">The sign, usually U+2581.</param>
/// <param name="scheme">Where one is put before.</param>
internal sealed class MetaspaceStage(Rune sign, PrependScheme scheme) : PieceStage
{
    private readonly string _sign = sign.ToString();

    /// <summary>Gets whether it must know where a piece lies in the user's text.</summary>
    public bool AsksForPlace => scheme == PrependScheme.First;

    public override void Accept(in Piece piece, EncodeRun run)
    {
        MappedText text = piece.Source.Slice(piece.Start, piece.Length);
        bool prepend = scheme == PrependScheme.Always || (scheme == PrependScheme.First && text.StartOf(0) == 0);
        text = Replace(text, run);
        if (prepend && !text.Text.StartsWith(_sign, StringComparison.Ordinal))
        {
            text = text.WithLead(_sign);
        }

        Pass(new Piece(text, 0, text.Text.Length), run);
    }

    private MappedText Replace(MappedText text, EncodeRun run)
    {
        if (_sign.Length == 1)
        {
            return text.WithText(text.Text.Replace(' ', _sign[0]));
        }

        var builder = new MappedTextBuilder(text, run.Track);
        for (int i = 0; i < text.Text.Length; i++)
        {
            if (text.Text[i] == ' ')
            {
                builder.Replace(i, i + 1, _sign);
            }
            else
            {
                builder.Keep(i, i + 1);
            }
        }

        return builder.Build();
    }
}
