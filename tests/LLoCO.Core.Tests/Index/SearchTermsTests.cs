using System.Globalization;
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
    [InlineData("?! \u0301 \ud83d \u093f", new string[0])]
    [InlineData("陈雪，12岁", new[] { "陈", "雪", "陈雪", "12", "岁" })]
    [InlineData("東\n京", new[] { "東", "京", "東京" })] // a line ends anywhere in such text
    [InlineData("東、京", new[] { "東", "京" })]
    [InlineData("ＬＬ３ ﾊﾟﾝ は\u309a", new[] { "ll3", "パ", "ン", "パン", "ぱ" })]
    [InlineData("학교", new[] { "학", "교", "학교" })]
    [InlineData("\u1112\u1161\u11a8\u1100\u116d", new[] { "학", "교", "학교" })]
    [InlineData("ที่นี่", new[] { "ที่", "นี่", "ที่นี่" })]
    [InlineData("នៅខ្មែរ", new[] { "នៅ", "ខ្មែ", "នៅខ្មែ", "រ", "ខ្មែរ" })]
    [InlineData("दिल्ली में", new[] { "दिल्ली", "में" })]
    [InlineData("क\u093cलम \u0958लम १९५०", new[] { "कलम", "कलम", "1950" })]
    [InlineData("அமெரிக்கா", new[] { "அமெரிக்கா" })]
    [InlineData("\u0995\u09cb \u0995\u09c7\u09be", new[] { "\u0995\u09c7\u09be", "\u0995\u09c7\u09be" })]
    [InlineData("كِتَاب كتـاب أحمد", new[] { "كتاب", "كتاب", "احمد" })]
    [InlineData("שָׁלוֹם", new[] { "שלום" })]
    [InlineData("hy\u00adphen zero\u200bwidth", new[] { "hyphen", "zerowidth" })]
    public void Of_Text_GivesItsTerms(string text, string[] expected) => Assert.Equal(expected, SearchTerms.Extract(text));

    [Fact]
    public void ToFts5Query_Terms_AreQuoted() =>
        Assert.Equal("\"mast\" OR \"or\" OR \"oak\"", SearchTerms.ToFts5Query(SearchTerms.Extract("Mast OR (oak)")));

    /// <summary>SQLite's own words are the reference where words stand apart: every letter and sign of the Latin, Greek and Cyrillic
    /// blocks, of general punctuation and of number forms is put between two letters. Left out are marks and format characters, which
    /// a search passes over and FTS5 takes for ends of words.</summary>
    [Fact]
    public void Of_EuropeanCharactersAndPunctuation_EqualsFts5Words()
    {
        int[] ranges = [0x20, 0x52F, 0x1E00, 0x1EFF, 0x2000, 0x2BFF, 0x3000, 0x3004];
        (int First, int Last)[] unassigned = // in Unicode 6.1, which FTS5 knows
        [
            (0x378, 0x379), (0x37F, 0x383), (0x38B, 0x38B), (0x38D, 0x38D), (0x3A2, 0x3A2), (0x528, 0x52F), (0x2065, 0x2065), (0x2072, 0x2073),
            (0x208F, 0x208F), (0x209D, 0x209F), (0x20BA, 0x20CF), (0x20F1, 0x20FF), (0x218A, 0x218F), (0x23F4, 0x245F), (0x2700, 0x2700),
            (0x2B4D, 0x2BFF),
        ];
        IEnumerable<Rune> runes = Runes(ranges).Where(rune => !Array.Exists(
            unassigned, range => rune.Value >= range.First && rune.Value <= range.Last));

        Assert.Empty(Differences("unicode61 remove_diacritics 2", runes, text => text));
    }

    /// <summary>FTS5 keeps our terms as they are, whatever the script.</summary>
    [Fact]
    public void ToFts5Text_AnyCharacter_GivesFts5OurTerms()
    {
        int[] ranges = [1, 0x33FF, 0x4E00, 0x4E40, 0xA000, 0xA040, 0xA800, 0xAC40, 0xD7A0, 0xD7FF, 0xF900, 0xFFFF, 0x1F600, 0x1FAFF,
            0x20000, 0x20040];

        Assert.Empty(Differences(SearchTerms.Fts5Tokenizer, Runes(ranges), SearchTerms.ToFts5Text));
    }

    private static IEnumerable<Rune> Runes(int[] ranges) =>
        Enumerable.Range(0, ranges.Length / 2)
            .SelectMany(i => Enumerable.Range(ranges[2 * i], ranges[(2 * i) + 1] - ranges[2 * i] + 1))
            .Where(Rune.IsValid)
            .Select(value => new Rune(value));

    private static List<string> Differences(string tokenizer, IEnumerable<Rune> runes, Func<string, string> toFts5)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        connection.Execute(
            $"""
            CREATE VIRTUAL TABLE t USING fts5(text, tokenize='{tokenizer}');
            CREATE VIRTUAL TABLE v USING fts5vocab('t', 'instance');
            """);
        using SqliteTransaction transaction = connection.BeginTransaction();
        var differences = new List<string>();
        foreach (Rune rune in runes.Where(rune => tokenizer == SearchTerms.Fts5Tokenizer || !IsPassedOver(rune)))
        {
            string text = $"a{rune}b";
            connection.Execute("DELETE FROM t; INSERT INTO t(rowid, text) VALUES(1, $text)", ("$text", toFts5(text)));
            List<string> expected = connection.Rows("SELECT term FROM v ORDER BY offset", row => row.GetString(0));
            if (!expected.SequenceEqual(SearchTerms.Extract(text)))
            {
                differences.Add(
                    $"U+{rune.Value:X4} [{string.Join(' ', expected)}] [{string.Join(' ', SearchTerms.Extract(text))}]");
            }
        }

        return differences;
    }

    private static bool IsPassedOver(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;
}
