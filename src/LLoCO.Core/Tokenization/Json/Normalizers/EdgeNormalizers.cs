using System.Text;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Json.Normalizers;

/// <summary><c>Prepend</c>: puts a text before one that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override MappedText Normalize(MappedText text, bool track) => text.Text.Length == 0 ? text : text.WithLead(prefix);
}

/// <summary><c>Strip</c>: takes white space from the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override MappedText Normalize(MappedText text, bool track)
    {
        string source = text.Text;
        CodePointSet blank = CharacterClasses.WhiteSpace;
        int start = 0;
        int end = source.Length;
        while (left && start < end && blank.Contains(source[start]))
        {
            start++;
        }

        while (right && end > start && blank.Contains(source[end - 1]))
        {
            end--;
        }

        return text.Slice(start, end - start);
    }
}

/// <summary><c>Replace</c>: writes a text in the place of what a pattern finds.</summary>
internal sealed class ReplaceNormalizer(TextFinder finder, string content) : Normalizer
{
    public override MappedText Normalize(MappedText text, bool track)
    {
        if (finder.Literal is { Length: 1 } one && content.Length == 1)
        {
            return text.WithText(text.Text.Replace(one[0], content[0]));
        }

        var builder = new MappedTextBuilder(text, track);
        TextFinder.Search search = finder.In(text.Text, new EncodeRun());
        int kept = 0;
        while (search.Next(text.Text, out int start, out int end))
        {
            builder.Keep(kept, start);
            builder.Replace(start, end, content);
            kept = end;
        }

        builder.Keep(kept, text.Text.Length);
        return kept == 0 && content.Length == 0 ? text : builder.Build();
    }
}
