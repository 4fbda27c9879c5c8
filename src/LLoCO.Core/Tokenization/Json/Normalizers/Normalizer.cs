namespace LLoCO.Core.Tokenization.Json.Normalizers;

/// <summary>Brings a text into the form that the vocabulary is in. Safe for concurrent use.</summary>
internal abstract class Normalizer
{
    /// <summary>Normalizes a text.</summary>
    /// <param name="text">The text; returned itself where nothing changes.</param>
    /// <param name="track">Whether the way back to the user's text is asked for.</param>
    public abstract MappedText Normalize(MappedText text, bool track);
}
