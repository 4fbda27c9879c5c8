using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>
/// Converts generated ids to the text that is shown: no partial characters, no stop string or anything after it, no white space
/// around the answer. All pieces together are the whole answer.
/// </summary>
internal sealed class AnswerText(ITokenizer tokenizer, IReadOnlyList<string> stopStrings)
{
    private readonly IncrementalDetokenizer _characters = new(tokenizer);
    private readonly StopStringDetector _stops = new(stopStrings);
    private string _space = string.Empty;

    /// <summary>Gets whether a stop string has appeared.</summary>
    public bool Stopped => _stops.Stopped;

    /// <summary>Gets the text shown so far.</summary>
    public string Shown { get; private set; } = string.Empty;

    /// <summary>Adds a generated id.</summary>
    /// <param name="id">The id; end tokens become nothing.</param>
    /// <returns>The text that may now be shown; often empty.</returns>
    public string Add(int id) => Show(_stops.Append(_characters.Append(id)));

    /// <summary>Ends the answer.</summary>
    /// <returns>The text held back so far that belongs to it.</returns>
    public string Complete() => Show(_stops.Append(_characters.Flush()) + _stops.Finish());

    // White space is held back until something follows it, because an answer does not begin or end with it.
    private string Show(string text)
    {
        string all = _space + text;
        string visible = all.TrimEnd();
        _space = all[visible.Length..];
        visible = Shown.Length == 0 ? visible.TrimStart() : visible;
        Shown += visible;
        return visible;
    }
}
