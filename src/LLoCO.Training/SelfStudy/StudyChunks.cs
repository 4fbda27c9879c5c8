using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training.SelfStudy;

/// <summary>A stretch of a document's text.</summary>
/// <param name="Start">Index of its first character.</param>
/// <param name="Length">Its characters.</param>
internal readonly record struct StudyChunk(int Start, int Length);

/// <summary>Cuts a text into stretches that a teacher can see whole, at the ends of sentences where it can.</summary>
internal static class StudyChunks
{
    /// <summary>Cuts a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokenizer">Counts the tokens.</param>
    /// <param name="maxTokens">Most tokens of a stretch that is encoded by itself.</param>
    /// <returns>The stretches in text order, without white space around them; together they hold every word.</returns>
    internal static IReadOnlyList<StudyChunk> Cut(string text, ITokenizer tokenizer, int maxTokens)
    {
        List<TextBreak> breaks = TextBreaks.Find(text);
        int[] tokenStarts = [.. tokenizer.EncodeWithOffsets(text).Select(token => token.Start)];
        var chunks = new List<StudyChunk>();
        int start = 0;
        int first = 0;
        while (first < breaks.Count)
        {
            int last = Last(text, tokenizer, maxTokens, breaks, tokenStarts, start, first);
            StudyChunk chunk = Trimmed(text, start, breaks[last].Position);
            if (chunk.Length > 0)
            {
                chunks.Add(chunk);
            }

            start = breaks[last].Position;
            first = last + 1;
        }

        return chunks;
    }

    /// <summary>The last break that still fits, a sentence's end where there is one beyond the half.</summary>
    private static int Last(
        string text, ITokenizer tokenizer, int maxTokens, List<TextBreak> breaks, int[] tokenStarts, int start, int first)
    {
        int before = TokensBefore(tokenStarts, start);
        int fits = first;
        while (fits + 1 < breaks.Count && TokensBefore(tokenStarts, breaks[fits + 1].Position) - before <= maxTokens)
        {
            fits++;
        }

        // A stretch by itself may have a token or two more than within the text: a first space, a cut word.
        while (fits > first && tokenizer.Encode(text[start..breaks[fits].Position].Trim()).Count > maxTokens)
        {
            fits--;
        }

        if (fits == breaks.Count - 1)
        {
            return fits;
        }

        for (int i = fits; i > first && breaks[i].Position - start > (breaks[fits].Position - start) / 2; i--)
        {
            if (breaks[i].Kind >= BreakKind.Sentence)
            {
                return i;
            }
        }

        return fits;
    }

    private static int TokensBefore(int[] tokenStarts, int position)
    {
        int found = Array.BinarySearch(tokenStarts, position);
        if (found < 0)
        {
            return ~found;
        }

        // Several tokens may share a start, as bytes of one character do.
        while (found > 0 && tokenStarts[found - 1] == position)
        {
            found--;
        }

        return found;
    }

    private static StudyChunk Trimmed(string text, int start, int end)
    {
        int from = start;
        while (from < end && char.IsWhiteSpace(text[from]))
        {
            from++;
        }

        while (end > from && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return new StudyChunk(from, end - from);
    }
}
