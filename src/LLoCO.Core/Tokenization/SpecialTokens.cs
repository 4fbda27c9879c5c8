using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tokenization;

/// <summary>Special tokens of model folders by their text, which <see cref="ITokenizer.Encode"/> never gives.</summary>
internal static class SpecialTokens
{
    private const string Sample = "The 12 captains' ships left at 07:30 — “Ünder way”, 北京! for (i = 0; i < n; i++)\n\t{ x += 1.5; }";

    /// <summary>Finds a token in a folder's <c>tokenizer.json</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="text">The token's text.</param>
    /// <returns>Its id; <see langword="null"/> if there is none, or the folder has no <c>tokenizer.json</c>.</returns>
    internal static int? Find(string folder, string text)
    {
        string file = Path.Combine(folder, HuggingFaceTokenizer.FileName);
        return File.Exists(file) ? HuggingFaceTokenizer.Load(file).FindToken(text) : null;
    }

    /// <summary>Refuses two folders whose tokenizers give other ids for the same text.</summary>
    /// <param name="one">A folder.</param>
    /// <param name="other">Another.</param>
    /// <exception cref="CheckpointFormatException">The ids of a sample differ.</exception>
    internal static void EnsureSame(string one, string other)
    {
        if (!TokenizerFile.Load(one).Encode(Sample).SequenceEqual(TokenizerFile.Load(other).Encode(Sample)))
        {
            throw new CheckpointFormatException(
                other, null, $"the tokenizer gives other ids than that of '{one}'; encoder and decoder must read the same ids here");
        }
    }
}
