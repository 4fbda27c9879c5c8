using LLoCO.Core.Tests.Index;
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

    [Fact]
    public void AddAdapters_FoldersOfGroups_AreAddedUnderTheirNames()
    {
        using var folder = new TemporaryFolder();
        string Adapter(string name)
        {
            Directory.CreateDirectory(folder.PathOf(name));
            File.WriteAllText(folder.PathOf($"{name}/adapter_config.json"), "{}");
            return folder.PathOf(name);
        }

        (string ship, string town, string same) = (Adapter("a-ship"), Adapter("a-town"), Adapter("more/a-ship"));

        (IReadOnlyList<string> names, IReadOnlyDictionary<string, string> folders) = EvaluationRows.AddAdapters(
            ["own", ship, $"mine:ship={ship},town={town},workshop=all"], LlocoPipeline.CreateBuilder());

        Assert.Equal(["own", "a-ship", "mine:ship=a-ship,town=a-town,workshop=all"], names);
        Assert.Equal([("a-ship", ship), ("a-town", town)], folders.Select(one => (one.Key, one.Value)).Order());
        Assert.Contains("same name", Assert.Throws<ToolUsageException>(
            () => EvaluationRows.AddAdapters([ship, same], LlocoPipeline.CreateBuilder())).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(string[] modes, string[] adapters, string? raw) =>
        EvaluationRows.Create(modes, adapters, raw, []).Select(row => row.Name);
}
