using LLoCO.Core.Index;
using LLoCO.Core.Segments;

namespace LLoCO.Core.Retrieval;

/// <summary>
/// Cuts a text into passages for retrieval, at the end of a paragraph where there is one in reach, else of a sentence, a line or
/// a word.
/// </summary>
/// <remarks>
/// Passages lie end to end and cover the whole text; none begins within a surrogate pair. A text without spaces counts as one
/// word per 12 characters. Safe for concurrent use.
/// </remarks>
public sealed class PassageSplitter
{
    private readonly int _min;
    private readonly int _max;

    /// <summary>Creates a splitter.</summary>
    /// <param name="options">Lengths; defaults where <see langword="null"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is out of range, or the largest is less than twice the
    /// smallest.</exception>
    public PassageSplitter(PassageSplitterOptions? options = null)
    {
        options ??= new PassageSplitterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinWords, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxWords, 20_000, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxWords, 2 * (long)options.MinWords, nameof(options));
        _min = options.MinWords;
        _max = options.MaxWords;
    }

    /// <summary>Cuts a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Passages in text order, without vectors; none for an empty text.</returns>
    public IReadOnlyList<Passage> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<TextBreak> breaks = TextBreaks.Find(text);
        var passages = new List<Passage>();
        int first = 0;
        var from = new TextBreak(0, 0, BreakKind.Paragraph);
        while (first < breaks.Count)
        {
            int last = ChooseBreak(breaks, first, from.Words);
            passages.Add(new Passage(from.Position, breaks[last].Position - from.Position));
            from = breaks[last];
            first = last + 1;
        }

        return passages;
    }

    private int ChooseBreak(List<TextBreak> breaks, int first, int wordsBefore)
    {
        int rest = breaks[^1].Words - wordsBefore;
        if (rest <= _max)
        {
            return breaks.Count - 1;
        }

        // A cut must leave a whole passage after it; otherwise the last passage would be too short.
        int max = Math.Min(_max, rest - _min);
        double middle = (_min + max) / 2.0;
        int best = -1;
        for (int i = first; i < breaks.Count && breaks[i].Words - wordsBefore <= max; i++)
        {
            if (breaks[i].Words - wordsBefore >= _min && (best < 0 || IsBetter(breaks[i], breaks[best])))
            {
                best = i;
            }
        }

        return best;

        bool IsBetter(TextBreak one, TextBreak other) => one.Kind != other.Kind
            ? one.Kind > other.Kind
            : Math.Abs(one.Words - wordsBefore - middle) < Math.Abs(other.Words - wordsBefore - middle);
    }
}
