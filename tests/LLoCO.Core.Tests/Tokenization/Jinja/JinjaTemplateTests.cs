using System.Text.Json;
using LLoCO.Core.Tokenization.Jinja;

namespace LLoCO.Core.Tests.Tokenization.Jinja;

/// <summary>Templates in the style of the families' own render as the library that the models were trained with renders
/// them.</summary>
public sealed class JinjaTemplateTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "TestData", "chat");

    public static TheoryData<string> Templates { get; } =
        [.. Directory.EnumerateFiles(Folder, "*.jinja").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Templates))]
    public void Render_EveryConversation_IsThatOfTheReference(string name)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "renderings.json")));
        JinjaTemplate template = JinjaTemplate.Parse(name, File.ReadAllText(Path.Combine(Folder, name)));
        int compared = 0;
        foreach (JsonElement one in json.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (one.GetProperty("template").GetString() == name)
            {
                JinjaMap context = (JinjaMap)JinjaJsonValue.From(one.GetProperty("context"))!;
                string? wanted = one.GetProperty("rendered").GetString();
                compared++;
                if (wanted is null)
                {
                    Assert.Throws<JinjaException>(() => template.Render(context, FixedClock.Instance));
                }
                else
                {
                    Assert.Equal(wanted, template.Render(context, FixedClock.Instance));
                }
            }
        }

        Assert.True(compared > 1, $"only {compared} cases");
    }

    [Theory]
    [InlineData("a\n{% include 'x' %}", 2, 4, "the statement 'include' is not supported")]
    [InlineData("{% call f() %}{% endcall %}", 1, 4, "'call'")]
    [InlineData("{{ x | wordwrap(3) }}", 1, 8, "the filter 'wordwrap' is not supported")]
    [InlineData("\n\n {{ x is sunny }}", 3, 10, "the test 'sunny' is not supported")]
    [InlineData("{{ x.y.z }}", 1, 5, "'x' is not defined, so it has no 'y'")]
    [InlineData("{{ 'a'.encode('x') }}", 1, 14, "'encode' is not defined or not supported")]
    [InlineData("{{ lipsum() }}", 1, 10, "'lipsum' is not defined or not supported")]
    [InlineData("{{ f(*[1]) }}", 1, 6, "(*, **)")]
    [InlineData("{% for a in [1] recursive %}", 1, 17, "'recursive'")]
    [InlineData("{% if 1 %}", 1, 4, "does not end")]
    [InlineData("{{ 'a", 1, 4, "the string does not end")]
    [InlineData("{{ 1 ", 1, 1, "the tag does not end")]
    [InlineData("{# x", 1, 1, "the comment does not end")]
    [InlineData("{{ 1 ? 2 }}", 1, 6, "'?'")]
    [InlineData("{{ 1 + }}", 1, 8, "a value")]
    [InlineData("{% break %}", 1, 4, "'break'")]
    [InlineData("{{ 1 + 'a' }}", 1, 6, "a number + a string")]
    [InlineData("{{ [1] | join(nope=1) }}", 1, 10, "'join' has no further argument 'nope'")]
    [InlineData("{{ 'x' | replace('a') }}", 1, 10, "'replace' needs an argument 'new'")]
    [InlineData("{{ raise_exception('no system role') }}", 1, 19, "refuses: no system role")]
    [InlineData("{{ strftime_now('%Q') }}", 1, 16, "does not support the format '%Q'")]
    [InlineData("{{ {1: 2} }}", 1, 5, "only strings are supported as keys")]
    [InlineData("{{ 1 // 0 }}", 1, 6, "not supported, or too large")]
    [InlineData("{{ 9223372036854775807 + 1 }}", 1, 24, "too large")]
    public void Render_WhatIsNotSupported_IsRefusedByNameAndPlace(string text, int line, int column, string fault)
    {
        var error = Assert.Throws<JinjaException>(() => JinjaTemplate.Parse("t.jinja", text).Render(new JinjaMap()));

        Assert.StartsWith($"'t.jinja', line {line}, column {column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% set n = namespace(s='abcdefgh') %}{% for a in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}", "characters")]
    [InlineData("{{ 'abc' * 99999999999 }}", "characters")]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "deep")]
    [InlineData("{% set n = namespace(v=[1]) %}{% for a in range(60) %}{% set n.v = [n.v, n.v] %}{% endfor %}{{ n.v == n.v + [] }}", "steps")]
    [InlineData("{% set n = namespace(v=[1]) %}{% for a in range(200) %}{% set n.v = [n.v] %}{% endfor %}{{ n.v | tojson }}", "deep")]
    [InlineData("{{ range(10000000) }}", "at most")]
    public void Render_WhatWouldTakeTooMuch_IsRefused(string text, string fault) => Assert.Contains(
        fault,
        Assert.Throws<JinjaException>(() => JinjaTemplate.Parse("t", text).Render(new JinjaMap())).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("not ", "")]
    [InlineData("-", "")]
    public void Parse_DeepNesting_IsRefused(string open, string close)
    {
        string text = string.Concat(Enumerable.Repeat(open, 5000)) + "1" + string.Concat(Enumerable.Repeat(close, 5000));

        Assert.Contains(
            "deep", Assert.Throws<JinjaException>(() => JinjaTemplate.Parse("t", "{{ " + text + " }}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_LongChain_IsRefusedRatherThanDeep() => Assert.Contains(
        "deep",
        Assert.Throws<JinjaException>(() => JinjaTemplate.Parse(
            "t", "{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 50_000)) + " }}").Render(new JinjaMap())).Message,
        StringComparison.Ordinal);
}
