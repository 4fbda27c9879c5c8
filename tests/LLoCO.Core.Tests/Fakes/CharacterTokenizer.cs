using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>One id per UTF-16 character: simple enough to work expected values out by hand.</summary>
internal sealed class CharacterTokenizer : ITokenizer
{
    public const int EndId = 2;
    private const int First = 3;

    public int VocabularySize => First + char.MaxValue + 1;

    public int? BeginOfSequenceId => 1;

    public IReadOnlyList<int> EndOfSequenceIds => [EndId];

    public string Fingerprint => "characters";

    public static int Id(char character) => character + First;

    public IReadOnlyList<int> Encode(string text) => [.. text.Select(Id)];

    public IReadOnlyList<TextToken> EncodeWithOffsets(string text) =>
        [.. text.Select((character, index) => new TextToken(Id(character), index, 1))];

    public string Decode(IEnumerable<int> ids) => new([.. ids.Where(id => id >= First).Select(id => (char)(id - First))]);
}
