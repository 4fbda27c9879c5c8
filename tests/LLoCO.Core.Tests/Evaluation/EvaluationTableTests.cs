using LLoCO.Evaluation;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation;

/// <summary>Two data sets of two questions, three rows; all figures are worked out by hand.</summary>
public sealed class EvaluationTableTests
{
    private static readonly EvaluationTable Table = new(
    [
        One("short", "none", "a", 0, 0), One("short", "lloco", "a", 1, 1000), One("short", "full", "a", 1, 1000),
        One("short", "none", "b", 1, 0), One("short", "lloco", "b", 1, 1100), One("short", "full", "b", 0, 1100),
        One("long", "none", "a", 0, 0), One("long", "lloco", "a", 0, 9000), LeftOut("long", "full", "a"),
        One("long", "none", "b", 0, 0), One("long", "lloco", "b", 1, 9000), LeftOut("long", "full", "b"),
    ]);

    [Fact]
    public void Find_DataSetOrAll_GivesMeans()
    {
        Assert.Equal(["none", "lloco", "full"], Table.Rows);
        Assert.Equal(["short", "long"], Table.DataSets);
        Assert.Equal((2, 1.0), Of(Table.Find("lloco", "short")));
        Assert.Equal((4, 0.75), Of(Table.Find("lloco")));
        Assert.Equal((0, 2), (Table.Find("full", "long")!.Questions, Table.Find("full", "long")!.LeftOut));
        Assert.Empty(Table.Find("full", "long")!.Metrics);
        Assert.Null(Table.Find("truncate"));
    }

    [Fact]
    public void Compare_RowsWithQuestionsLeftOut_TakesThoseThatBothWereAsked()
    {
        EvaluationDifference all = Table.Compare("lloco", "none")!;
        EvaluationDifference fit = Table.Compare("lloco", "full")!;

        Assert.Equal((4, 0.5), (all.Questions, all.Metrics["em"].Mean));
        Assert.Equal((2, 0.5), (fit.Questions, fit.Metrics["em"].Mean));
        Assert.Null(Table.Compare("full", "none", "long"));
    }

    [Fact]
    public void ByLength_DocumentsOfAboutOneLength_AreOnePointAlsoWhereTheModeReadsNone()
    {
        IReadOnlyList<EvaluationReport> points = Table.ByLength("none");

        Assert.Equal([1050.0, 9000.0], points.Select(point => point.RawTokens));
        Assert.Equal([0.5, 0.0], points.Select(point => point.Metrics["em"]));
        Assert.Equal([1050.0], Table.ByLength("full").Select(point => point.RawTokens));
    }

    [Fact]
    public void Create_NoAnswers_IsAnError() => Assert.Throws<LlocoException>(() => new EvaluationTable([]));

    private static (int, double) Of(EvaluationReport? report) => (report!.Questions, report.Metrics["em"]);

    private static EvaluatedQuestion One(string data, string row, string id, double score, int tokens) => LeftOut(data, row, id) with
    {
        LeftOut = null,
        Scores = new Dictionary<string, double> { ["em"] = score },
        Tokens = new AnswerTokens(tokens, 0, 10, 2),
    };

    private static EvaluatedQuestion LeftOut(string data, string row, string id) => new()
    {
        Data = data,
        Row = row,
        Mode = Enum.Parse<EvaluationMode>(row, ignoreCase: true),
        Id = id,
        Group = "ship",
        Document = "log",
        Digest = id,
        Question = "What?",
        Answers = ["x"],
        LeftOut = "too long",
    };
}
