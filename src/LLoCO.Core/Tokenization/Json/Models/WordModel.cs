namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>Converts a word from the pre-tokenizers to tokens. Safe for concurrent use.</summary>
internal abstract class WordModel
{
    /// <summary>Gets the ids of the vocabulary's pieces.</summary>
    public abstract IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Appends a word's tokens.</summary>
    /// <param name="word">The word; not empty.</param>
    /// <param name="tokens">Gets them.</param>
    /// <param name="memory">Working memory that the model made in an earlier call of the same run, or
    /// <see langword="null"/>.</param>
    public abstract void Encode(ReadOnlySpan<char> word, WordTokens tokens, ref object? memory);

    /// <summary>
    /// Gives where a word may be cut without changing its tokens, so that each part can be looked up alone.
    /// </summary>
    /// <param name="word">The word.</param>
    /// <param name="start">Where the part begins.</param>
    /// <returns>Where it ends; the word's end where it cannot be cut.</returns>
    public virtual int CutBehind(ReadOnlySpan<char> word, int start) => word.Length;

    /// <summary>Gets the token of a whole word, regardless of how its parts would join.</summary>
    public virtual bool TryWhole(ReadOnlySpan<char> word, out int id)
    {
        id = -1;
        return false;
    }
}
