using System.Text;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>
/// A regular expression over code points: <c>\p{L}</c> matches a letter beyond U+FFFF as one character, unlike .NET's own
/// expressions. Immutable; <see cref="PatternMatcher"/> runs it.
/// </summary>
internal sealed class Pattern
{
    private Pattern(string text, PatternStep[] steps, int registers, CodePointSet? first)
    {
        Text = text;
        Steps = steps;
        Registers = registers;
        First = first;
    }

    /// <summary>Gets the pattern as it was written.</summary>
    public string Text { get; }

    public IReadOnlyList<PatternStep> Steps { get; }

    public int Registers { get; }

    /// <summary>Gets the possible first characters of a match, or <see langword="null"/> if unknown.</summary>
    public CodePointSet? First { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <param name="pattern">The pattern, as Oniguruma writes it.</param>
    /// <exception cref="PatternException">It is broken, too large or not supported.</exception>
    public static Pattern Compile(string pattern)
    {
        PatternNode node = PatternParser.Parse(pattern);
        var compiler = new PatternCompiler();
        PatternStep[] steps = compiler.Compile(node);
        return new Pattern(pattern, steps, compiler.Registers, node.First());
    }

    /// <summary>Compiles a pattern that matches a text as it stands.</summary>
    /// <param name="text">The text.</param>
    public static Pattern Literal(string text)
    {
        var parts = new List<PatternNode>();
        foreach (Rune rune in text.EnumerateRunes())
        {
            parts.Add(new PatternNode.One(CodePointSet.Create(rune.Value)));
        }

        PatternNode node = new PatternNode.Sequence(parts);
        return new Pattern(text, new PatternCompiler().Compile(node), 0, node.First());
    }
}
