using System.Text;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>Reads a class in brackets: ranges, classes within it, <c>&amp;&amp;</c> and <c>^</c>.</summary>
/// <param name="text">The pattern.</param>
/// <param name="escapes">Reads escapes.</param>
/// <param name="ignoreCase">Whether members stand for their other case too, which a <c>^</c> then takes the rest of.</param>
internal sealed class PatternSetReader(string text, PatternEscapes escapes, bool ignoreCase)
{
    private const int DeepestNesting = 50;

    private int _depth;

    /// <summary>Reads a class.</summary>
    /// <param name="position">Where it begins, behind its bracket; goes behind its end.</param>
    public CodePointSet Read(ref int position)
    {
        if (++_depth > DeepestNesting)
        {
            throw new PatternException("too many classes within one another");
        }

        bool negative = Skip(ref position, "^");
        CodePointSet? left = null;
        CodePointSet part = CodePointSet.Create();
        bool first = true;
        while (true)
        {
            if (position >= text.Length)
            {
                throw new PatternException("a class of characters without an end");
            }

            if (!first && Skip(ref position, "]"))
            {
                break;
            }

            if (Skip(ref position, "&&"))
            {
                left = left?.And(part) ?? part;
                part = CodePointSet.Create();
            }
            else
            {
                part = part.Or(ReadMember(ref position));
            }

            first = false;
        }

        _depth--;
        CodePointSet whole = left?.And(part) ?? part;
        whole = ignoreCase ? CaseFolding.Close(whole) : whole;
        return negative ? whole.Not() : whole;
    }

    private CodePointSet ReadMember(ref int position)
    {
        if (string.CompareOrdinal(text, position, "[:", 0, 2) == 0 && text.IndexOf(":]", position, StringComparison.Ordinal) is var end and > 0)
        {
            string name = text[(position + 2)..end];
            position = end + 2;
            bool negative = name.StartsWith('^');
            CodePointSet set = PatternEscapes.Named(name.TrimStart('^'))
                ?? throw new PatternException($"the class of characters '[:{name}:]'");
            return negative ? set.Not() : set;
        }

        if (Skip(ref position, "["))
        {
            return Read(ref position);
        }

        if (!TryReadCode(ref position, out int from))
        {
            return escapes.Read(ref position);
        }

        int dash = position;
        if (!Skip(ref position, "-") || position >= text.Length || text[position] is ']' or '[')
        {
            position = dash;
            return CodePointSet.Create(from);
        }

        if (!TryReadCode(ref position, out int to) || to < from)
        {
            throw new PatternException($"the range of characters at {dash}");
        }

        return CodePointSet.Create((from, to));
    }

    private bool TryReadCode(ref int position, out int code)
    {
        if (text[position] == '\\')
        {
            // "\b" is a backspace within a class.
            if (Skip(ref position, "\\b"))
            {
                code = '\b';
                return true;
            }

            return escapes.TryReadCode(ref position, out code);
        }

        Rune.DecodeFromUtf16(text.AsSpan(position), out Rune rune, out int length);
        position += length;
        code = rune.Value;
        return true;
    }

    private bool Skip(ref int position, string what)
    {
        if (string.CompareOrdinal(text, position, what, 0, what.Length) != 0)
        {
            return false;
        }

        position += what.Length;
        return true;
    }
}
