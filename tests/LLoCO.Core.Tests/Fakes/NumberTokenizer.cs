using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>Writes each id as its number in brackets, so that texts of answers can be read as ids.</summary>
internal sealed class NumberTokenizer : ITokenizer
{
    public int VocabularySize => 128;

    public int? BeginOfSequenceId => null;

    public IReadOnlyList<int> EndOfSequenceIds => [2];

    public string Fingerprint => "numbers";

    public IReadOnlyList<int> Encode(string text) => throw new NotSupportedException();

    public IReadOnlyList<TextToken> EncodeWithOffsets(string text) => throw new NotSupportedException();

    public string Decode(IEnumerable<int> ids) => string.Concat(ids.Select(id => $"[{id}]"));
}
