using System.Text;

namespace LLoCO.Core.Tokenization.Json.Normalizers;

/// <summary>Replaces each character by a rule that depends only on that character.</summary>
/// <param name="rule">Gets the replacement of a character: empty to drop it, <see langword="null"/> to keep it.</param>
internal sealed class CharacterNormalizer(Func<int, string?> rule) : Normalizer
{
    public override MappedText Normalize(MappedText text, bool track)
    {
        string source = text.Text;
        MappedTextBuilder? builder = null;
        int kept = 0;
        for (int position = 0; position < source.Length;)
        {
            Rune.DecodeFromUtf16(source.AsSpan(position), out Rune rune, out int length);
            if (rule(rune.Value) is { } by)
            {
                builder ??= new MappedTextBuilder(text, track);
                builder.Keep(kept, position);
                builder.Replace(position, position + length, by);
                kept = position + length;
            }

            position += length;
        }

        builder?.Keep(kept, source.Length);
        return builder?.Build() ?? text;
    }
}
