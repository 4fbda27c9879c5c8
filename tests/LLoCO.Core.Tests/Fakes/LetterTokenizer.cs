using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>Writes the ids 0 to 127 of the golden models as 128 letters, so that golden ids travel through a pipeline as
/// text.</summary>
internal sealed class LetterTokenizer : ITokenizer
{
    private const char First = '\u0100';

    public int VocabularySize => 128;

    public int? BeginOfSequenceId => null;

    public IReadOnlyList<int> EndOfSequenceIds => [];

    public string Fingerprint => "letters";

    public IReadOnlyList<int> Encode(string text) => [.. text.Select(letter => letter - First)];

    public IReadOnlyList<TextToken> EncodeWithOffsets(string text) =>
        [.. text.Select((letter, index) => new TextToken(letter - First, index, 1))];

    public string Decode(IEnumerable<int> ids) => new([.. ids.Select(id => (char)(First + id))]);
}
