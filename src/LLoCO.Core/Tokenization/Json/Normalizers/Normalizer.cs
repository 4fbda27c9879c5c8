namespace LLoCO.Core.Tokenization.Json.Normalizers;

/// <summary>Converts a text to the form of the vocabulary. Safe for concurrent use.</summary>
internal abstract class Normalizer
{
    /// <summary>Normalizes a text.</summary>
    /// <param name="text">The text; returned itself if nothing changes.</param>
    /// <param name="track">Whether the map back to the user's text is needed.</param>
    public abstract MappedText Normalize(MappedText text, bool track);
}
