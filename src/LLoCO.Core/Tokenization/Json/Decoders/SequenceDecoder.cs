namespace LLoCO.Core.Tokenization.Json.Decoders;

/// <summary><c>Sequence</c>: one behind the other.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<TokenDecoder> parts) : TokenDecoder
{
    public override void Decode(List<DecodedToken> tokens)
    {
        foreach (TokenDecoder part in parts)
        {
            part.Decode(tokens);
        }
    }
}
