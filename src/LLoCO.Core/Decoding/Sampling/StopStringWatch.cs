using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Decoding.Sampling;

/// <summary>Detects the generated token at which a stop string is complete.</summary>
/// <param name="tokenizer">Turns the generated ids into text.</param>
/// <param name="stops">The stop strings.</param>
internal sealed class StopStringWatch(ITokenizer tokenizer, IReadOnlyList<string> stops)
{
    private readonly IncrementalDetokenizer _text = new(tokenizer);
    private readonly StopStringDetector _detector = new(stops);

    /// <summary>Adds a generated id.</summary>
    /// <param name="id">The id.</param>
    /// <returns>Whether the text now holds a stop string.</returns>
    internal bool Sees(int id)
    {
        _detector.Append(_text.Append(id));
        return _detector.Stopped;
    }
}
