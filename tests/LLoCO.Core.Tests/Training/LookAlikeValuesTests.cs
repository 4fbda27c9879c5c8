using LLoCO.Core.Numerics;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Training;

public sealed class LookAlikeValuesTests
{
    private static readonly string[] Values =
        ["Arlen Brosk", "Torvik wood", "Marlow wood", "Brellin wood", "W93-424", "1893", "Daros Melkin", "Tarrin O'Brosk"];

    [Theory]
    [InlineData("Arlen Brosk", "^[A-Z][a-z]+ [A-Z][a-z]+$")]
    [InlineData("Torvik wood", "^[A-Z][a-z]+ wood$")]
    [InlineData("W93-424", "^W[1-9]{2}-[1-9]{3}$")]
    [InlineData("1893", "^[1-9]{4}$")]
    [InlineData("Tarrin O'Brosk", "^[A-Z][a-z]+ O'[A-Z][a-z]+$")]
    public void Make_Value_LooksLikeItAndIsNew(string model, string form)
    {
        var values = new LookAlikeValues(Values);
        var random = new SeededRandom(5);

        string[] made = [.. Enumerable.Range(0, 50).Select(_ => values.Make(model, random))];

        Assert.All(made, value => Assert.Matches(form, value));
        Assert.True(made.Distinct().Count() > 5, string.Join(", ", made));
    }

    [Fact]
    public void Make_NothingToLearnFrom_KeepsTheLetters() =>
        Assert.Matches("^Inv-[1-9]{2}$", new LookAlikeValues([]).Make("Inv-12", new SeededRandom(1)));
}
