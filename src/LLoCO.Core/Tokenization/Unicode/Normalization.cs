using System.Buffers;
using System.Text;

namespace LLoCO.Core.Tokenization.Unicode;

/// <summary>
/// Unicode's normalization forms with tables of its own (https://www.unicode.org/reports/tr15/): <c>string.Normalize</c> changes
/// nothing if globalization is invariant.
/// </summary>
internal sealed class Normalization
{
    public static readonly Normalization C = new(compatible: false, compose: true);
    public static readonly Normalization D = new(compatible: false, compose: false);
    public static readonly Normalization KC = new(compatible: true, compose: true);
    public static readonly Normalization KD = new(compatible: true, compose: false);

    private readonly bool _compatible;
    private readonly bool _compose;
    private readonly Lazy<CodePointSet> _touched;

    private Normalization(bool compatible, bool compose)
    {
        (_compatible, _compose) = (compatible, compose);
        _touched = new Lazy<CodePointSet>(() => NormalizationData.Instance.Touched(_compatible, _compose));
    }

    private static NormalizationData Data => NormalizationData.Instance;

    /// <summary>Finds the next stretch that may change.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin.</param>
    /// <returns>A stretch that begins and ends at borders over which nothing interacts; empty at the text's end where nothing
    /// is left to change.</returns>
    public Range Next(ReadOnlySpan<char> text, int from)
    {
        CodePointSet touched = _touched.Value;
        int start = from;
        for (int position = from; position < text.Length;)
        {
            // Below U+00A0 no character has a decomposition, and below U+0300 none joins the preceding one.
            int plain = text[position..].IndexOfAnyExceptInRange('\0', '\u009F');
            if (plain != 0)
            {
                position = plain < 0 ? text.Length : position + plain;
                start = Math.Max(from, position - 1);
                continue;
            }

            if (touched.ContainsAt(text, position, out int length))
            {
                return start..EndOf(text, position + length, touched);
            }

            start = position;
            position += length;
        }

        return text.Length..text.Length;
    }

    /// <summary>Normalizes a stretch that <see cref="Next"/> found.</summary>
    /// <param name="stretch">The stretch.</param>
    public string Apply(ReadOnlySpan<char> stretch)
    {
        var codes = new List<int>(stretch.Length * 2);
        foreach (Rune rune in stretch.EnumerateRunes())
        {
            Data.Decompose(rune.Value, _compatible, codes);
        }

        Order(codes);
        if (_compose)
        {
            Compose(codes);
        }

        var text = new StringBuilder(codes.Count);
        foreach (int code in codes)
        {
            text.Append(new Rune(code).ToString());
        }

        return text.ToString();
    }

    // An unaffected character ends the stretch; it can be part of one only as its first character.
    private static int EndOf(ReadOnlySpan<char> text, int position, CodePointSet touched)
    {
        while (position < text.Length && touched.ContainsAt(text, position, out int length))
        {
            position += length;
        }

        return position;
    }

    // Consecutive marks are ordered by class, and within a class in text order. Sorting a run at a time keeps long runs from
    // taking the square of their length.
    private static void Order(List<int> codes)
    {
        for (int start = 0; start < codes.Count; start++)
        {
            int end = start;
            while (end < codes.Count && Data.ClassOf(codes[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                int[] sorted = [.. codes.Skip(start).Take(end - start).OrderBy(Data.ClassOf)];
                for (int i = 0; i < sorted.Length; i++)
                {
                    codes[start + i] = sorted[i];
                }
            }

            start = Math.Max(start, end);
        }
    }

    private static void Compose(List<int> codes)
    {
        int starter = -1;
        int lastClass = 0;
        int kept = 0;
        for (int i = 0; i < codes.Count; i++)
        {
            int code = codes[i];
            int combining = Data.ClassOf(code);
            bool blocked = kept - 1 > starter && (lastClass == 0 || lastClass >= combining);
            if (starter >= 0 && !blocked && Data.TryCompose(codes[starter], code, out int composed))
            {
                codes[starter] = composed;
                continue;
            }

            if (combining == 0)
            {
                starter = kept;
            }

            lastClass = combining;
            codes[kept++] = code;
        }

        codes.RemoveRange(kept, codes.Count - kept);
    }
}
