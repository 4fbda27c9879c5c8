using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Decoding;

/// <summary>Says at which generated token a stop string is complete.</summary>
internal sealed class StopStringWatch
{
    private readonly ITokenizer _tokenizer;
    private readonly IReadOnlyList<string> _stops;
    private readonly List<int> _ids = [];

    /// <summary>Creates a watch.</summary>
    /// <param name="tokenizer">Turns the generated ids into text.</param>
    /// <param name="stops">The stop strings.</param>
    internal StopStringWatch(ITokenizer tokenizer, IReadOnlyList<string> stops)
    {
        _tokenizer = tokenizer;
        _stops = stops;
    }

    /// <summary>Adds a generated id.</summary>
    /// <param name="id">The id.</param>
    /// <returns>Whether the text now holds a stop string.</returns>
    internal bool Sees(int id)
    {
        // An answer is short, and single tokens have no text of their own (spaces, parts of characters): decode it whole.
        _ids.Add(id);
        string text = _tokenizer.Decode(_ids);
        return _stops.Any(stop => text.Contains(stop, StringComparison.Ordinal));
    }
}
