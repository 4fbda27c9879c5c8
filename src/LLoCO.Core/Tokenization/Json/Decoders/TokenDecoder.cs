namespace LLoCO.Core.Tokenization.Json.Decoders;

/// <summary>A step from tokens back to text. Safe for concurrent use.</summary>
internal abstract class TokenDecoder
{
    /// <summary>Writes a list of texts, one a token at first, anew.</summary>
    /// <param name="tokens">The texts; all steps' results put together are the whole.</param>
    public abstract void Decode(List<DecodedToken> tokens);
}

/// <summary>A text on its way from tokens to the whole.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsAdded">Whether it is an added token's, which was never written in the vocabulary's letters.</param>
internal readonly record struct DecodedToken(string Text, bool IsAdded);
