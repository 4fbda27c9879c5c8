namespace LLoCO.Core.Tokenization.Json.Models;

/// <summary>The settings of a byte-pair vocabulary.</summary>
/// <param name="Vocabulary">The pieces' ids.</param>
/// <param name="UnknownId">What stands for an unknown character, or -1.</param>
/// <param name="FuseUnknown">Whether a run of them is one token.</param>
/// <param name="Bytes">Ids of the byte pieces, -1 for one that is not there; <see langword="null"/> where unknown characters do
/// not fall back to bytes.</param>
/// <param name="IgnoreMerges">Whether a word that is a piece is that piece.</param>
/// <param name="Prefix">What the pieces of characters within a word begin with.</param>
/// <param name="Suffix">What the piece of a word's last character ends with.</param>
internal sealed record BpeSettings(
    Dictionary<string, int> Vocabulary,
    int UnknownId,
    bool FuseUnknown,
    int[]? Bytes,
    bool IgnoreMerges,
    string Prefix,
    string Suffix);
