using System.Text.Json;
using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation;

public sealed class PredictionFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_Predictions_GivesOneObjectOfStrings()
    {
        string file = _folder.PathOf("predictions.json");

        PredictionFile.Write(file, [KeyValuePair.Create("a_1", "B. \"Paris\""), KeyValuePair.Create("a_2", string.Empty)]);

        Dictionary<string, string> read = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(file))!;
        Assert.Equal([("a_1", "B. \"Paris\""), ("a_2", "")], read.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Write_OneIdTwice_IsRefusedAndLeavesNoFile()
    {
        string file = _folder.PathOf("predictions.json");

        LlocoException error = Assert.Throws<LlocoException>(
            () => PredictionFile.Write(file, [KeyValuePair.Create("a", "x"), KeyValuePair.Create("a", "y")]));

        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }
}
