using LLoCO.Tool;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

public sealed class EvaluationRowsTests
{
    [Fact]
    public void Of_SeveralAdapters_MultiplyTheRowsThatReadSummariesWithOne()
    {
        Assert.Equal(
            ["none", "truncate", "compressed", "lloco", "lloco:town", "lloco:other"],
            Names(["none", "truncate", "compressed", "lloco"], ["own", "town", "other:ship=town,town=ship"], null));
        Assert.Equal(["truncate:raw", "compressed", "lloco"], Names(["truncate", "compressed", "lloco"], [], "raw"));
        Assert.Equal(["retrieve:town", "lloco:town"], Names(["retrieve", "lloco"], ["town"], null));
    }

    [Fact]
    public void Of_AllModes_BeginWithTheBaselines() => Assert.Equal(
        ["none", "truncate", "full", "retrieve", "compressed", "lloco"], Names(["all"], [], null).Take(6));

    private static IEnumerable<string> Names(string[] modes, string[] adapters, string? raw) =>
        EvaluationRows.Create(modes, adapters, raw, []).Select(row => row.Name);
}
