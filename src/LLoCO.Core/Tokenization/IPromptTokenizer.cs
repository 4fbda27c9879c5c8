namespace LLoCO.Core.Tokenization;

/// <summary>A tokenizer that can also encode the special tokens that a chat template writes.</summary>
internal interface IPromptTokenizer
{
    /// <summary>Encodes a prompt. Special tokens in a template's own text are tokens; those in the user's words stay text.</summary>
    /// <param name="text">The prompt.</param>
    /// <param name="start">Where the user's words begin.</param>
    /// <param name="length">Their length.</param>
    /// <returns>The ids, without a BOS of the tokenizer's own.</returns>
    IReadOnlyList<int> EncodePrompt(string text, int start, int length);
}
