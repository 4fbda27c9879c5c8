using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>
/// Converts generated ids to the text that is shown: no partial characters, no stop string or anything after it, no white space
/// around the answer. All pieces together are the whole answer.
/// </summary>
/// <param name="tokenizer">Gives the ids' texts.</param>
/// <param name="stopStrings">Texts that end the answer.</param>
/// <param name="mark">What stands between the steps that an adapter writes first and its answer: nothing is shown before it has come, and of
/// an answer without it all at its end. <see langword="null"/> for an adapter that answers at once.</param>
internal sealed class AnswerText(ITokenizer tokenizer, IReadOnlyList<string> stopStrings, string? mark = null)
{
    private readonly IncrementalDetokenizer _characters = new(tokenizer);
    private readonly StopStringDetector _stops = new(stopStrings);
    private string _space = string.Empty;
    private string? _mark = mark;
    private string _steps = string.Empty;

    /// <summary>Gets whether a stop string has appeared.</summary>
    public bool Stopped => _stops.Stopped;

    /// <summary>Gets the text shown so far.</summary>
    public string Shown { get; private set; } = string.Empty;

    /// <summary>Adds a generated id.</summary>
    /// <param name="id">The id; end tokens become nothing.</param>
    /// <returns>The text that may now be shown; often empty.</returns>
    public string Add(int id) => Show(PassSteps(_stops.Append(_characters.Append(id))));

    /// <summary>Ends the answer.</summary>
    /// <returns>The text held back so far that belongs to it.</returns>
    public string Complete()
    {
        string rest = PassSteps(_stops.Append(_characters.Flush()) + _stops.Finish());
        return Show(_mark is null ? rest : _steps);
    }

    /// <summary>Holds text back until the mark has come, and gives what follows it.</summary>
    private string PassSteps(string text)
    {
        if (_mark is null)
        {
            return text;
        }

        _steps += text;
        int at = _steps.IndexOf(_mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return string.Empty;
        }

        string answer = _steps[(at + _mark.Length)..];
        _mark = null;
        return answer;
    }

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
