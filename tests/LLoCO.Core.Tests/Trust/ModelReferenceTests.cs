using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Trust;

public sealed class ModelReferenceTests : IDisposable
{
    private static readonly ModelFingerprint Fingerprint = new("model", "tokenizer", 128, 4, "identity");

    /// <summary>Ids 0 and 9 are used.</summary>
    private static readonly KindReference Kind = new(
        20, new FigureRange(1.2, 0.05), new FigureRange(3, 0.5), new FigureRange(0.02, 0.01), new byte[] { 1, 2 });

    private static readonly KindReference Asked = Kind with
    {
        Questions = new FigureRange(0.1, 0.05), QuestionPieces = new byte[] { 4 },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhatWasWritten_GivesTheSameKinds()
    {
        new ModelReference
        {
            Fingerprint = Fingerprint, Kinds = new Dictionary<string, KindReference> { ["ship"] = Kind, ["town"] = Asked },
        }.Write(_folder.PathOf("."));

        ModelReference read = ModelReference.Read(_folder.PathOf("."))!;

        Assert.Equal(Fingerprint, read.Fingerprint);
        KindReference ship = Assert.Single(read.Kinds, kind => kind.Key == "ship").Value;
        Assert.Equal((20, Kind.PiecesPerWord, Kind.Loss, Kind.Unknown), (ship.Documents, ship.PiecesPerWord, ship.Loss, ship.Unknown));
        Assert.Equal(Kind.Pieces.ToArray(), ship.Pieces.ToArray());
        Assert.Null(ship.Questions);
        Assert.Equal(Asked.Questions, read.Kinds["town"].Questions);
        Assert.Equal(Asked.QuestionPieces.ToArray(), read.Kinds["town"].QuestionPieces.ToArray());
    }

    [Fact]
    public void Read_FolderWithoutOne_IsNull() => Assert.Null(ModelReference.Read(_folder.PathOf(".")));

    [Theory]
    [InlineData("""{"version": 2, "fingerprint": "a/b/1:1/identity", "kinds": {}}""", "version")]
    [InlineData("""{"version": 1, "kinds": {}}""", "fingerprint")]
    [InlineData("""{"version": 1, "fingerprint": "a/b/1:1/identity"}""", "kinds")]
    [InlineData("""{"version": 1, "fingerprint": "a/b/1:1/identity", "kinds": {"ship": {"documents": 3}}}""", "kinds.ship.pieces")]
    [InlineData(
        """{"version": 1, "fingerprint": "a/b/1:1/identity", "kinds": {"ship": {"documents": 3, "pieces": "%"}}}""",
        "kinds.ship.pieces")]
    [InlineData(
        """
        {"version": 1, "fingerprint": "a/b/1:1/identity", "kinds": {"ship":
          {"documents": 3, "pieces": "", "pieces_per_word": {"mean": -1, "deviation": 0}}}}
        """,
        "kinds.ship.pieces_per_word.mean")]
    public void Read_DamagedFile_IsRefusedByKey(string json, string key)
    {
        File.WriteAllText(_folder.PathOf(ModelReference.FileName), json);

        var error = Assert.Throws<CheckpointFormatException>(() => ModelReference.Read(_folder.PathOf(".")));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShareUnknown_CountsTokensThatTheKindDoesNotUse()
    {
        Assert.Equal(0.6, Kind.ShareUnknown([0, 9, 1, 8, 70_000]), 12);
        Assert.Equal(0, Kind.ShareUnknown([]));
    }

    [Fact]
    public void IsOtherQuestion_MoreUnknownTokensThanItsQuestionsHave_OrOneInTen()
    {
        KindReference strict = Kind with { Questions = new FigureRange(0, 0), QuestionPieces = new byte[] { 1, 2 } };
        KindReference loose = strict with { Questions = new FigureRange(0.1, 0.05) };

        Assert.False(Kind.IsOtherQuestion([5, 5]));
        Assert.False(strict.IsOtherQuestion([0, 9, 0, 9, 0, 9, 0, 9, 0, 5]));
        Assert.True(strict.IsOtherQuestion([0, 9, 0, 9, 5]));
        Assert.False(loose.IsOtherQuestion([0, 9, 0, 9, 5]));
        Assert.True(loose.IsOtherQuestion([0, 9, 5, 5]));
    }

    [Theory]
    [InlineData(1.2, 3.0, 0.02, 0)]
    [InlineData(1.5, 5.9, 0.08, 0)]
    [InlineData(1.51, 3.0, 0.02, 1)]
    [InlineData(0.5, 3.0, 0.02, 0)]
    [InlineData(1.2, 6.1, 0.02, 1)]
    [InlineData(1.2, -0.1, 0.02, 1)]
    [InlineData(1.2, 3.0, 0.09, 1)]
    [InlineData(3.0, 9.0, 0.50, 3)]
    public void Judge_FiguresBeyondSixDeviations_AreTold(double piecesPerWord, double loss, double unknown, int faults)
    {
        var document = new DocumentFamiliarity(piecesPerWord, loss)
        {
            Unknown = new Dictionary<string, double> { ["ship"] = unknown },
        };

        Assert.Equal(faults, Kind.Judge(document, "ship").Count);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("The ship's 12 crates, rotten.", 6)]
    [InlineData("--- | *** |", 0)]
    [InlineData("学校 is 2", 4)]
    public void CountWords_CountsRunsOfLettersAndDigitsAndLettersOfScriptsWithoutSpaces(string text, int words) =>
        Assert.Equal(words, DocumentFamiliarity.CountWords(text));
}
