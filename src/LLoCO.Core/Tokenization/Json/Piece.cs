namespace LLoCO.Core.Tokenization.Json;

/// <summary>A part of a text that pre-tokenizers cut further and the model then turns into tokens.</summary>
/// <param name="Source">The text.</param>
/// <param name="Start">Where the part begins in it.</param>
/// <param name="Length">Its length in UTF-16 characters.</param>
internal readonly record struct Piece(MappedText Source, int Start, int Length)
{
    /// <summary>Gets its characters.</summary>
    public ReadOnlySpan<char> Span => Source.Text.AsSpan(Start, Length);
}
