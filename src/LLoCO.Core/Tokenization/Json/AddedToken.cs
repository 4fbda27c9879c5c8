namespace LLoCO.Core.Tokenization.Json;

/// <summary>A token that is cut out of a text before any other step.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The text that it stands for.</param>
/// <param name="IsSpecial">Whether it marks something, such as the end of a turn, rather than being text.</param>
/// <param name="IsSingleWord">Whether it is found only where no letter or digit is next to it.</param>
/// <param name="StripsLeft">Whether it takes the white space before it.</param>
/// <param name="StripsRight">Whether it takes the white space behind it.</param>
/// <param name="IsNormalized">Whether it is looked for in the normalized text.</param>
internal sealed record AddedToken(
    int Id, string Content, bool IsSpecial, bool IsSingleWord, bool StripsLeft, bool StripsRight, bool IsNormalized);
