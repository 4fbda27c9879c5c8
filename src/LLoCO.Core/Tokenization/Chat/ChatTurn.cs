namespace LLoCO.Core.Tokenization.Chat;

/// <summary>What a chat template writes around the words of a user who asks one question.</summary>
/// <param name="Head">What stands before them, with the template's BOS.</param>
/// <param name="Tail">What stands behind them, up to where the answer begins.</param>
/// <param name="TrimsStart">Whether white space before the words is left out.</param>
/// <param name="TrimsEnd">Whether white space behind them is left out.</param>
internal sealed record ChatTurn(string Head, string Tail, bool TrimsStart, bool TrimsEnd)
{
    /// <summary>Gets the BOS that <see cref="Head"/> begins with; empty where it begins with none.</summary>
    public string Begin { get; init; } = string.Empty;

    /// <summary>Gets what stands behind an answer: the end of its turn comes first.</summary>
    public string BehindAnswer { get; init; } = string.Empty;

    /// <summary>Encodes a prompt.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="words">The user's words.</param>
    /// <param name="begins">Whether nothing stands before the prompt, so that it begins with the template's BOS.</param>
    public EncodedPrompt Encode(IPromptTokenizer tokenizer, string words, bool begins)
    {
        words = TrimsStart ? words.TrimStart() : words;
        words = TrimsEnd ? words.TrimEnd() : words;
        string head = begins ? Head : Head[Begin.Length..];
        return new EncodedPrompt(
            tokenizer.EncodePrompt(head + words + Tail, head.Length, words.Length),
            tokenizer.EncodePrompt(head, head.Length, 0),
            tokenizer.EncodePrompt("\n\n" + words + Tail, 0, words.Length + 2));
    }

    /// <summary>Finds the token that ends an answer.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="ordinary">Encodes text as a user's, to tell tokens from text.</param>
    /// <returns>Its id; <see langword="null"/> where text follows an answer.</returns>
    public int? FindEnd(IPromptTokenizer tokenizer, ITokenizer ordinary)
    {
        string behind = BehindAnswer.TrimStart();
        IReadOnlyList<int> ids = tokenizer.EncodePrompt(behind, behind.Length, 0);

        // A special token decodes to nothing, and is another one than its letters.
        return ids.Count > 0 && ids[0] != ordinary.Encode(behind)[0] && ordinary.Decode([ids[0]]).Length == 0 ? ids[0] : null;
    }
}
