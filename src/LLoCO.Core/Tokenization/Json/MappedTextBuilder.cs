using System.Text;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>Makes the next form of a text from the last, piece by piece, and keeps the way back.</summary>
/// <param name="source">The last form.</param>
/// <param name="track">Whether the map back is needed.</param>
internal sealed class MappedTextBuilder(MappedText source, bool track)
{
    private readonly StringBuilder _text = new(source.Text.Length + 16);
    private readonly List<int> _starts = track ? new(source.Text.Length + 16) : [];
    private readonly List<int> _ends = track ? new(source.Text.Length + 16) : [];

    /// <summary>Takes characters over as they are.</summary>
    public void Keep(int start, int end)
    {
        _text.Append(source.Text, start, end - start);
        for (int i = start; track && i < end; i++)
        {
            _starts.Add(source.StartOf(i));
            _ends.Add(source.EndOf(i));
        }
    }

    /// <summary>Writes others in the place of characters, or between two where the range is empty.</summary>
    /// <param name="start">Where the range begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="by">What stands there now.</param>
    public void Replace(int start, int end, ReadOnlySpan<char> by)
    {
        _text.Append(by);
        if (!track || by.IsEmpty)
        {
            return;
        }

        int last = end > start ? source.EndOf(end - 1) : start > 0 ? source.EndOf(start - 1)
            : source.Text.Length > 0 ? source.StartOf(0) : 0;
        for (int i = 0; i < by.Length; i++)
        {
            _starts.Add(i == 0 && end > start ? source.StartOf(start) : last);
            _ends.Add(last);
        }
    }

    /// <summary>Gives what was made.</summary>
    public MappedText Build() => track
        ? new MappedText(_text.ToString(), source.Text.Length > 0 ? source.StartOf(0) : 0, 0, [.. _starts], [.. _ends])
        : new MappedText(_text.ToString(), 0);
}
