namespace LLoCO.Core.Tokenization.Json.Normalizers;

/// <summary><c>Sequence</c>: one behind the other.</summary>
internal sealed class SequenceNormalizer(IReadOnlyList<Normalizer> parts) : Normalizer
{
    public override MappedText Normalize(MappedText text, bool track)
    {
        foreach (Normalizer part in parts)
        {
            text = part.Normalize(text, track);
        }

        return text;
    }
}
