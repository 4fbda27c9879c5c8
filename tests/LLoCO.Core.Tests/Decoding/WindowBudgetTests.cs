using System.Text.RegularExpressions;
using LLoCO.Core.Decoding;
using Xunit;

namespace LLoCO.Core.Tests.Decoding;

public sealed partial class WindowBudgetTests
{
    private static readonly WindowBudget Question = new(100) { Prompt = 20, Answer = 30 };

    [Theory]
    [InlineData(0, 0, 50, true)]
    [InlineData(30, 20, 0, true)]
    [InlineData(31, 20, -1, false)]
    [InlineData(int.MaxValue * 4L, 0, int.MinValue, false)]
    public void Room_IsWhatIsLeft(long prefix, long raw, int room, bool fits)
    {
        WindowBudget budget = Question with { Prefix = prefix, RawText = raw };

        Assert.Equal((room, fits, 50 + prefix + raw), (budget.Room, budget.Fits, budget.Required));
    }

    [Fact]
    public void EnsureFits_OneTooMany_SaysWhatTakesHowMuch()
    {
        WindowBudget budget = Question with { Prefix = 40, RawText = 11 };

        WindowExceededException error = Assert.Throws<WindowExceededException>(() => budget.EnsureFits());

        Assert.Equal(
            "The request needs 101 positions (40 summary embeddings, 11 tokens of raw text, 20 prompt tokens, 30 new tokens); the "
            + "native window has 100: 1 too many. Ask fewer documents at once, shorten the question, or lower MaxNewTokens.",
            error.Message);
        Assert.Equal((101, 100), (error.Required, error.Window));
        Assert.Equal(budget with { RawText = 10 }, (budget with { RawText = 10 }).EnsureFits());
    }

    [Fact]
    public void EnsureFits_BeyondEveryNumber_IsStillAnError()
    {
        WindowBudget budget = new(100) { Prefix = int.MaxValue, Prompt = int.MaxValue, Answer = 1 << 20 };

        WindowExceededException error = Assert.Throws<WindowExceededException>(() => budget.EnsureFits());

        Assert.Equal(int.MaxValue, error.Required);
        Assert.Contains("4296015870 positions", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WindowPolicy.Error, 3, 20, 20, 10)]
    [InlineData(WindowPolicy.FewerDocuments, 3, 20, 20, 10)]
    [InlineData(WindowPolicy.FewerDocuments, 2, 20, 30, 1)]
    [InlineData(WindowPolicy.FewerDocuments, 1, 50, 50, 50)]
    [InlineData(WindowPolicy.FewerDocuments, 1, 20, 31, 1)]
    public void CountDocuments_LeavesOutTheLowestRanked(WindowPolicy policy, int expected, params int[] documents) =>
        Assert.Equal(expected, Question.CountDocuments(documents, policy));

    [Theory]
    [InlineData(WindowPolicy.Error, 81, 20, 11)]
    [InlineData(WindowPolicy.FewerDocuments, 101, 51, 1)]
    public void CountDocuments_NoneMayGo_IsAnErrorAboutThoseThatMustBeRead(
        WindowPolicy policy, int required, params int[] documents)
    {
        WindowBudget budget = policy == WindowPolicy.Error ? Question with { Prompt = 40, Answer = 10 } : Question;
        budget = policy == WindowPolicy.Error ? new WindowBudget(80) { Prompt = 40, Answer = 10 } : budget;

        WindowExceededException error =
            Assert.Throws<WindowExceededException>(() => budget.CountDocuments(documents, policy));

        Assert.Equal(required, error.Required);
    }

    [Fact]
    public void CountDocuments_NoDocuments_StillCountsPromptAndAnswer()
    {
        Assert.Equal(0, Question.CountDocuments([], WindowPolicy.Error));
        Assert.Throws<WindowExceededException>(
            () => (Question with { Answer = 81 }).CountDocuments([], WindowPolicy.FewerDocuments));
    }

    [Fact]
    public void ForAnyQuestion_LeavesTwoPositions() => Assert.Equal(98, WindowBudget.ForAnyQuestion(100).Room);

    [Fact]
    public void OnlyTheBudget_JudgesTheWindow()
    {
        // Sums and comparisons with the window anywhere else are a second opinion on what fits.
        string[] judges = [.. RepositoryFiles.Sources("src")
            .Where(path => Path.GetFileName(path) != "WindowBudget.cs")
            .SelectMany(path => RepositoryFiles.Read(path).Split('\n')
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Judgement().IsMatch(line))
                .Select(line => $"{path}: {line.Trim()}"))];

        Assert.True(judges.Length == 0, string.Join(Environment.NewLine, judges));
        Assert.Matches(Judgement(), "if (prompt + 64 > model.Config.MaxPositions)");
        Assert.Matches(Judgement(), "int room = NativeWindow - prompt;");
    }

    [GeneratedRegex(@"\b(NativeWindow|MaxPositions)\s*([-+<>]|>=|<=)|([-+<]|(?<!=)>|<=|>=)\s*([\w!]+\.)*(NativeWindow|MaxPositions)\b")]
    private static partial Regex Judgement();
}
