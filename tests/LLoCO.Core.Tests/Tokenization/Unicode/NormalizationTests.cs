using System.Text.Json;
using LLoCO.Core.Tokenization.Json;
using LLoCO.Core.Tokenization.Json.Normalizers;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tests.Tokenization.Unicode;

public sealed class NormalizationTests
{
    private static readonly Normalization[] Forms = [Normalization.C, Normalization.D, Normalization.KC, Normalization.KD];

    [Fact]
    public void Normalize_TextsOfAllKinds_GivesThePythonForms()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "TestData", "tokenizers", "normalized.json");
        string[][] rows = JsonSerializer.Deserialize<string[][]>(File.ReadAllBytes(file))!;

        Assert.True(rows.Length >= 400);
        foreach (string[] row in rows)
        {
            Assert.Equal(row[1..], Forms.Select(form => Normalize(form, row[0])));
        }
    }

    [Fact]
    public void Normalize_WhereThePlatformDoesNothing_StillWorks()
    {
        // The tests run with InvariantGlobalization as the library's users may.
        Assert.Equal("e\u0301", "e\u0301".Normalize());
        Assert.Equal("\u00E9", Normalize(Normalization.C, "e\u0301"));
    }

    [Fact]
    public void Normalize_Tracked_KnowsWhereEachCharacterCameFrom()
    {
        MappedText text = new FormNormalizer(Normalization.KC).Normalize(new MappedText("\uFB01xe\u0301", 10), track: true);

        Assert.Equal("fix\u00E9", text.Text);
        Assert.Equal([(10, 11), (11, 11), (11, 12), (12, 14)], Enumerable.Range(0, 4).Select(i => (text.StartOf(i), text.EndOf(i))));
    }

    [Fact]
    public void Normalize_LongRunOfMarks_IsSortedOnce()
    {
        // Two classes in turn: sorted by swapping neighbours, this would take the square of its length.
        string marks = string.Concat(Enumerable.Repeat("\u0301\u0323", 200_000));

        string sorted = Normalize(Normalization.D, "x" + marks);

        Assert.Equal("x" + new string('\u0323', 200_000) + new string('\u0301', 200_000), sorted);
    }

    private static string Normalize(Normalization form, string text) =>
        new FormNormalizer(form).Normalize(new MappedText(text, 0), track: false).Text;
}
