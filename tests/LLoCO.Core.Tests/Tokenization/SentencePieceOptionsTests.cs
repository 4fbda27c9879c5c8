using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Tests.Tokenization;

/// <summary>Options of SentencePiece models that change ids: worked out by hand from the published algorithm, or refused.</summary>
public sealed class SentencePieceOptionsTests
{
    [Theory]
    [InlineData("spm-suffix", "treat_whitespace_as_suffix")]
    [InlineData("spm-no-escape", "escape_whitespaces")]
    public void Load_OptionThatChangesIds_IsRefusedByName(string name, string option)
    {
        string path = Cases.Path(name, "tokenizer.model");

        Refusal.Expect(() => { SentencePieceTokenizer.Load(path); }, path, null, option);
    }

    [Fact]
    public void Load_DenormalizerOrUnknownPieceType_IsRefused()
    {
        SentencePieceModel model = Model(("a", 0, SentencePieceType.Normal));

        Assert.Contains("denormalizer", Fault(model with { HasDenormalizer = true }), StringComparison.Ordinal);
        Assert.Contains("type 9", Fault(Model(("a", 0, (SentencePieceType)9))), StringComparison.Ordinal);

        static string Fault(SentencePieceModel faulty) =>
            Assert.Throws<CheckpointFormatException>(() => faulty.EnsureUsable("m")).Fault;
    }

    /// <summary>"abc": a+b is joined to the unused "ab" first (score -1), then "ab"+c to "abc". "abd": "ab" is left over and taken
    /// apart. Were unused pieces not joined, "abc" could not be reached at all.</summary>
    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("abd", "a b d")]
    [InlineData("ababc", "a b abc")]
    [InlineData("ab", "a b")]
    [InlineData("u", "u")]
    public void Encode_UnusedPieces_AreJoinedOnTheWayAndTakenApart(string text, string expected)
    {
        SentencePieceModel model = Model(
            ("a", -10, SentencePieceType.Normal), ("b", -10, SentencePieceType.Normal), ("c", -10, SentencePieceType.Normal),
            ("d", -10, SentencePieceType.Normal), ("ab", -1, SentencePieceType.Unused), ("abc", -2, SentencePieceType.Normal),
            ("u", -10, SentencePieceType.Unused));

        IEnumerable<string> pieces = new SentencePieceEncoder(model).Encode(text).Select(token => model.Pieces[token.Id].Text);

        Assert.Equal(expected, string.Join(' ', pieces));
    }

    /// <summary>"xyz" is offered as xy+z and as x+yz, both unused on the way: y+z (-1) is joined before x+y (-2), and "xyz" is taken
    /// apart as it was offered last, into x and "yz", and that into y and z.</summary>
    [Fact]
    public void Encode_UnusedPieceOfUnusedPieces_IsTakenApartWholly()
    {
        SentencePieceModel model = Model(
            ("x", -10, SentencePieceType.Normal), ("y", -10, SentencePieceType.Normal), ("z", -10, SentencePieceType.Normal),
            ("yz", -1, SentencePieceType.Unused), ("xy", -2, SentencePieceType.Normal), ("xyz", -3, SentencePieceType.Unused));

        List<TextToken> tokens = new SentencePieceEncoder(model).Encode("xyz");

        Assert.Equal(["x", "y", "z"], tokens.Select(token => model.Pieces[token.Id].Text));
        Assert.Equal([(0, 1), (1, 1), (2, 1)], tokens.Select(token => (token.Start, token.Length)));
    }

    private static SentencePieceModel Model(params (string Text, float Score, SentencePieceType Type)[] pieces) => new()
    {
        Pieces = [.. pieces.Select(piece => new SentencePiece(piece.Text, piece.Score, piece.Type))],
        AddDummyPrefix = false,
        RemoveExtraWhitespaces = false,
        IsBytePair = true,
    };
}
