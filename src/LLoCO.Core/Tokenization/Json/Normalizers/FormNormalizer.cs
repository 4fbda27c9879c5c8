using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Json.Normalizers;

/// <summary><c>NFC</c>, <c>NFD</c>, <c>NFKC</c>, <c>NFKD</c>.</summary>
internal sealed class FormNormalizer(Normalization form) : Normalizer
{
    public override MappedText Normalize(MappedText text, bool track)
    {
        string source = text.Text;
        Range range = form.Next(source, 0);
        if (range.Start.Value == source.Length)
        {
            return text;
        }

        var builder = new MappedTextBuilder(text, track);
        int kept = 0;
        while (range.Start.Value < source.Length)
        {
            builder.Keep(kept, range.Start.Value);
            builder.Replace(range.Start.Value, range.End.Value, form.Apply(source.AsSpan()[range]));
            kept = range.End.Value;
            range = form.Next(source, kept);
        }

        builder.Keep(kept, source.Length);
        return builder.Build();
    }
}
