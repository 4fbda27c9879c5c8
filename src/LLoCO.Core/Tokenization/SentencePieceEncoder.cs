namespace LLoCO.Core.Tokenization;

/// <summary>Encodes text with a SentencePiece BPE model. Immutable, shared between threads.</summary>
/// <param name="model">A model that was found usable.</param>
internal sealed class SentencePieceEncoder(SentencePieceModel model)
{
    private readonly SentencePieceVocabulary _vocabulary = new(model);

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

        SentencePieceText normalized = SentencePieceText.From(text, model);
        var merger = new SentencePieceMerger(_vocabulary, normalized, tokens);
        for (int start = 0; start < normalized.Escaped.Length;)
        {
            int end = NextCut(normalized.Escaped, start);
            merger.Encode(start, end);
            start = end;
        }

        return tokens;
    }

    // If no piece has a space after another character, nothing is joined there, so words can be encoded one by one, which keeps
    // the merger's queue short. The ids are the same.
    private int NextCut(string escaped, int start)
    {
        // Unused pieces are taken apart as they were offered last, wherever in the text.
        if (!_vocabulary.PiecesEndAtSpaces || _vocabulary.HasUnused)
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
}
