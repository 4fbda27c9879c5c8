using LLoCO.Core.Decoding;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>A part of a document that is too long for the decoder.</summary>
/// <param name="Text">Its text; all parts together are the document.</param>
/// <param name="Segments">The number of its segments.</param>
internal readonly record struct DocumentPart(string Text, int Segments);

/// <summary>
/// Cuts a document that the decoder cannot hold into parts that it can, each at the highest heading in the second half of what fits,
/// else at a page, else at a paragraph or sentence. A cut depends on the text before it alone: when a document grows, its earlier parts
/// stay as they are.
/// </summary>
/// <param name="layers">Tokenizer, compressor and window.</param>
internal sealed class DocumentPartition(PipelineLayers layers)
{
    /// <summary>Cuts a document.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="cancellationToken">Checked before each part.</param>
    public IReadOnlyList<DocumentPart> Cut(string text, CancellationToken cancellationToken)
    {
        int most = Math.Max(
            1, WindowBudget.CountForPart(layers.Decoder.NativeWindow, layers.Frame.Count(documents: 1))
                / layers.Compressor.Fingerprint.SummaryLength);
        IReadOnlyList<TextToken> tokens = layers.Tokenizer.EncodeWithOffsets(text);
        int[] ids = [.. tokens.Select(token => token.Id)];
        TextOutline outline = TextOutline.Find(text);
        var parts = new List<DocumentPart>();
        int start = 0, first = 0;
        while (start < text.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<int> counts = layers.Compressor.Cut(ids.AsSpan(first));
            if (counts.Count <= most)
            {
                parts.Add(new DocumentPart(text[start..], counts.Count));
                break;
            }

            int limit = tokens[first + counts.Take(most).Sum()].Start;
            int end = FindEnd(text, outline, start, limit);
            int next = first;
            while (next < tokens.Count && tokens[next].Start < end)
            {
                next++;
            }

            parts.Add(new DocumentPart(text[start..end], layers.Compressor.Cut(ids.AsSpan(first, next - first)).Count));
            (start, first) = (end, next);
        }

        return parts;
    }

    private static int FindEnd(string text, TextOutline outline, int start, int limit)
    {
        int half = start + ((limit - start) / 2);
        TextHeading heading = outline.Headings.Where(one => one.Start > half && one.Start <= limit)
            .OrderBy(one => one.Level).ThenByDescending(one => one.Start).FirstOrDefault();
        if (heading.Title is not null)
        {
            return heading.Start;
        }

        if (outline.Pages.LastOrDefault(page => page >= half && page < limit, -1) is >= 0 and var feed)
        {
            return feed + 1;
        }

        int within = half + TextBreaks.Find(text[half..limit]).SkipLast(1)
            .OrderByDescending(one => one.Kind).ThenByDescending(one => one.Position).FirstOrDefault().Position;
        int end = within > half ? within : Math.Max(limit, start + 1);
        return end < text.Length && char.IsLowSurrogate(text[end]) ? end + 1 : end;
    }
}
