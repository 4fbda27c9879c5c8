using System.Text;
using LLoCO.Core.Index;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Tests.Index;

public sealed class SearchTermsTests
{
    [Theory]
    [InlineData("The Mast, broke!", new[] { "the", "mast", "broke" })]
    [InlineData("o'clock 12:30 3.5%", new[] { "o", "clock", "12", "30", "3", "5" })]
    [InlineData("Ångström Số ÉTÉ", new[] { "angstrom", "so", "ete" })]
    [InlineData("e\u0301te\u0301", new[] { "ete" })]
    [InlineData("a_b-c", new[] { "a", "b", "c" })]
    [InlineData("½ Ⅷ Lisbon🤔₽ ΟΔΟΣ", new[] { "½", "ⅷ", "lisbon", "οδοσ" })]
    [InlineData("", new string[0])]
    [InlineData("?! \u0301 \ud83d", new string[0])]
    public void Of_Text_GivesItsTerms(string text, string[] expected) => Assert.Equal(expected, SearchTerms.Extract(text));

    [Fact]
    public void ToFts5Query_RepeatedWords_AreAskedOnce() =>
        Assert.Equal("\"mast\" OR \"or\" OR \"oak\"", SearchTerms.ToFts5Query("Mast OR \"mast\" (oak)"));

    /// <summary>SQLite's own tokenizer is the reference: every character of the Latin, Greek and Cyrillic blocks, of general
    /// punctuation, number forms and CJK is put between two letters, and FTS5's vocabulary table says what came of it.</summary>
    [Fact]
    public void Of_EuropeanCharactersAndPunctuation_EqualsFts5()
    {
        int[] ranges = [0x20, 0x52F, 0x1E00, 0x1EFF, 0x2000, 0x2BFF, 0x3000, 0x303F, 0x4E00, 0x4E40, 0x1F600, 0x1FAFF];
        (int First, int Last)[] unassigned = // in Unicode 6.1, which FTS5 knows
        [
            (0x378, 0x379), (0x37F, 0x383), (0x38B, 0x38B), (0x38D, 0x38D), (0x3A2, 0x3A2), (0x528, 0x52F), (0x2065, 0x2065),
            (0x2072, 0x2073), (0x208F, 0x208F), (0x209D, 0x209F), (0x218A, 0x218F),
        ];
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        connection.Execute(
            """
            CREATE VIRTUAL TABLE t USING fts5(text, tokenize='unicode61 remove_diacritics 2');
            CREATE VIRTUAL TABLE v USING fts5vocab('t', 'instance');
            """);
        using SqliteTransaction transaction = connection.BeginTransaction();
        var differences = new List<string>();
        for (int i = 0; i < ranges.Length; i += 2)
        {
            for (int value = ranges[i]; value <= ranges[i + 1]; value++)
            {
                if (unassigned.Any(range => value >= range.First && value <= range.Last))
                {
                    continue;
                }

                string text = $"a{new Rune(value)}b";
                connection.Execute(
                    "DELETE FROM t; INSERT INTO t(rowid, text) VALUES(1, $text)", ("$text", SearchTerms.ForFts5(text)));
                List<string> expected = connection.Rows("SELECT term FROM v ORDER BY offset", row => row.GetString(0));
                if (!expected.SequenceEqual(SearchTerms.Extract(text)))
                {
                    differences.Add($"U+{value:X4} [{string.Join(' ', expected)}] [{string.Join(' ', SearchTerms.Extract(text))}]");
                }
            }
        }

        Assert.Empty(differences);
    }
}
