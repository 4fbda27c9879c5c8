using LLoCO.Core.Tokenization.Patterns;

namespace LLoCO.Core.Tests.Tokenization.Patterns;

/// <summary>What tokenizers' expressions match; the rest of the language is held by <c>components.json</c>.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData(@"\p{L}+", "ab\U00010400\U0001D400c1", "ab\U00010400\U0001D400c")]
    [InlineData(@"[^\s\p{L}\p{N}]", "\U0001F600", "\U0001F600")]
    [InlineData(@"\p{N}{1,3}", "1\U0001FBF1234", "1\U0001FBF12|34")]
    [InlineData("(?i:'s|'t)", "'S '\u017F 'x", "'S|'\u017F")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b", "  | ")]
    [InlineData(@"[\p{L}&&[^\p{Han}]]+", "ab\u4E2D\U00020000cd", "ab|cd")]
    [InlineData(@"a{,2}b", "aaab", "aab")]
    [InlineData(@"(?<=a)b|(?<!a)c", "abcac", "b|c")]
    [InlineData(@"a++a|b", "aab", "b")]
    [InlineData(@"(?>a|ab)c|b", "abc", "b")]
    [InlineData(@"(a?)*b", "aaab", "aaab")]
    [InlineData(@"a*?b", "aab", "aab")]
    [InlineData(@"\bx\b", "x xy x", "x|x")]
    [InlineData("^b$", "a\nb\nc", "b")]
    [InlineData(@"[\x{1F600}-\x{1F64F}]", "a\U0001F601\U0001F700", "\U0001F601")]
    [InlineData("", "ab", "||")]
    public void Find_EachMatch_IsTheExpectedOne(string pattern, string text, string matches) =>
        Assert.Equal(matches.Split('|'), Matches(Pattern.Compile(pattern), text, out _));

    [Theory]
    [InlineData(@"(a)\1", @"\1")]
    [InlineData(@"(?<n>a)\k<n>", @"\k")]
    [InlineData(@"\p{Klingon}", "Klingon")]
    [InlineData(@"a(b", "without an end")]
    [InlineData(@"a)b", "')' without")]
    [InlineData("[a", "without an end")]
    [InlineData("*a", "before '*'")]
    [InlineData("(?<=a+)b", "unknown length")]
    [InlineData("a{2000}", "2000")]
    [InlineData("((a{1000}){1000}){1000}", "too large")]
    [InlineData("(?s:.)", "(?s")]
    public void Compile_WhatIsNotSupported_IsNamed(string pattern, string named) =>
        Assert.Contains(named, Assert.Throws<PatternException>(() => Pattern.Compile(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void Compile_DeepNesting_IsRefused() => Assert.Throws<PatternException>(
        () => Pattern.Compile(new string('(', 100_000) + new string(')', 100_000)));

    // Expressions of models in use, and the worst that backtracking knows; each text is a run without a break.
    [Theory]
    [InlineData(@"\s+(?!\S)|\s+", " ", "x")]
    [InlineData(@"\s*[\r\n]+|\s+(?!\S)|\s+", " ", "x")]
    [InlineData(@"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lo}\p{M}]*[\p{Ll}\p{Lo}\p{M}]+|\p{Lu}", "A", "1")]
    [InlineData(@"\p{N}{1,3}(?=(?:\p{N}{3})*(?:\P{N}|$))", "7", "x")]
    [InlineData(@"\d{1,3}(?=(?:\d{3})*\b)", "7", " ")]
    [InlineData("a*b", "a", "c")]
    [InlineData("(a+)+b", "a", "c")]
    [InlineData("(?:a|aa)+b", "a", "c")]
    [InlineData("a+b|a", "a", "c")]
    [InlineData("(?=a+b)a|a", "a", "c")]
    public void Find_LongRun_TakesStepsInProportion(string pattern, string unit, string end)
    {
        Pattern compiled = Pattern.Compile(pattern);
        Matches(compiled, string.Concat(Enumerable.Repeat(unit, 20_000)) + end, out long shorter);
        Matches(compiled, string.Concat(Enumerable.Repeat(unit, 80_000)) + end, out long longer);

        Assert.InRange(longer, 1, (shorter * 6) + 100_000);
        Assert.InRange(longer, 1, 80_000L * 200);
    }

    private static List<string> Matches(Pattern pattern, string text, out long steps)
    {
        var matcher = new PatternMatcher(pattern);
        matcher.Begin();
        var matches = new List<string>();
        for (int position = 0; position <= text.Length && matcher.Find(text, position, out int start, out int end);)
        {
            matches.Add(text[start..end]);
            position = end > start ? end : end + 1;
        }

        steps = matcher.Taken;
        return matches;
    }
}
