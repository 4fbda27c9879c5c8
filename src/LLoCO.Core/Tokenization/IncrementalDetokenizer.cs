namespace LLoCO.Core.Tokenization;

/// <summary>Converts a stream of ids to text that can be shown at once: no partial characters, every space in place.</summary>
/// <remarks>
/// All results of <see cref="Append"/> and <see cref="Flush"/> together equal <c>tokenizer.Decode(all ids)</c>. Decoding ids
/// singly would lose spaces and break characters of several bytes; so a short window of ids is decoded and only what is new in it
/// is returned. Not safe for concurrent use; one object per answer.
/// </remarks>
public sealed class IncrementalDetokenizer
{
    private const char Incomplete = '\uFFFD';

    private readonly ITokenizer _tokenizer;
    private readonly List<int> _window = [];
    private string _text = string.Empty; // of the window
    private int _shown; // characters of _text that were returned
    private int _settled; // ids of the window whose text was returned whole

    /// <summary>Begins a text.</summary>
    /// <param name="tokenizer">The tokenizer that the ids belong to.</param>
    public IncrementalDetokenizer(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
    }

    /// <summary>Takes the next id.</summary>
    /// <param name="id">An id in <c>[0, VocabularySize)</c>.</param>
    /// <returns>The text that is new; empty while a character is incomplete.</returns>
    public string Append(int id)
    {
        _window.Add(id);
        _text = _tokenizer.Decode(_window);

        // Only the last character can still change: an unfinished sequence of bytes decodes to exactly one U+FFFD.
        bool complete = _text.Length == 0 || _text[^1] != Incomplete;
        string fresh = Show(complete ? _text.Length : _text.Length - 1);
        if (complete)
        {
            Shorten();
        }

        return fresh;
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back: U+FFFD where the ids end within a character, else nothing.</returns>
    public string Flush()
    {
        string fresh = Show(_text.Length);
        _window.Clear();
        (_text, _shown, _settled) = (string.Empty, 0, 0);
        return fresh;
    }

    private string Show(int end)
    {
        string fresh = end > _shown ? _text[_shown..end] : string.Empty;
        _shown = Math.Max(_shown, end);
        return fresh;
    }

    // Keeps the ids since the text was last complete, as what the next id is decoded behind. They must themselves give text:
    // a tokenizer takes the space away from the first piece that does, and would take the next one's.
    private void Shorten()
    {
        string tail = _tokenizer.Decode(_window.Skip(_settled));
        if (tail.Length > 0)
        {
            _window.RemoveRange(0, _settled);
            (_text, _shown) = (tail, tail.Length);
        }

        _settled = _window.Count;
    }
}
