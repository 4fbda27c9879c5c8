using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace LLoCO.Core.Tests.Documentation;

/// <summary>The page of what holds names tests that there are, and says which of them are slow.</summary>
public sealed partial class GuaranteesTests
{
    [Fact]
    public void Page_EveryTestThatItNames_IsOneAndSlowWhereItSaysSo()
    {
        string page = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "guarantees.md"));
        (string Name, bool IsSlow)[] told = [.. Names().Matches(page).Select(match =>
            (match.Groups["name"].Value, match.Groups["slow"].Length > 0))];

        Assert.True(told.Length > 60, $"{told.Length} tests found on the page.");
        Assert.All(told, one => Assert.Equal((one.Name, one.IsSlow), (one.Name, IsSlow(one.Name))));
    }

    private static bool IsSlow(string name)
    {
        string[] parts = name.Split('.');
        MethodInfo? method = typeof(GuaranteesTests).Assembly.GetTypes().Where(type => type.Name == parts[0])
            .Select(type => type.GetMethod(parts[1])).FirstOrDefault(found => found is not null);
        Assert.True(method?.GetCustomAttributes<FactAttribute>().Any() == true, $"There is no test {name}.");
        return method.GetCustomAttributes<TraitAttribute>().Any(trait => (trait.Name, trait.Value) == ("Category", "Slow"));
    }

    [GeneratedRegex(@"(?<slow>\*?)`(?<name>\w+Tests\.\w+)`")]
    private static partial Regex Names();
}
