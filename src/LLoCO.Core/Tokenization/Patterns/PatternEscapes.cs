using System.Globalization;
using System.Text;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>Reads the escape after a backslash.</summary>
/// <param name="text">The pattern.</param>
internal sealed class PatternEscapes(string text)
{
    private static readonly Dictionary<string, string> LongNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["letter"] = "L", ["uppercaseletter"] = "Lu", ["lowercaseletter"] = "Ll", ["titlecaseletter"] = "Lt",
        ["modifierletter"] = "Lm", ["otherletter"] = "Lo", ["mark"] = "M", ["nonspacingmark"] = "Mn", ["spacingmark"] = "Mc",
        ["number"] = "N", ["decimalnumber"] = "Nd", ["letternumber"] = "Nl", ["othernumber"] = "No", ["punctuation"] = "P",
        ["symbol"] = "S", ["separator"] = "Z", ["spaceseparator"] = "Zs", ["other"] = "C", ["control"] = "Cc", ["format"] = "Cf",
        ["mathsymbol"] = "Sm", ["currencysymbol"] = "Sc", ["modifiersymbol"] = "Sk", ["othersymbol"] = "So",
        ["connectorpunctuation"] = "Pc", ["dashpunctuation"] = "Pd", ["openpunctuation"] = "Ps", ["closepunctuation"] = "Pe",
        ["initialpunctuation"] = "Pi", ["finalpunctuation"] = "Pf", ["otherpunctuation"] = "Po", ["enclosingmark"] = "Me",
        ["unassigned"] = "Cn", ["privateuse"] = "Co", ["surrogate"] = "Cs", ["lineseparator"] = "Zl",
        ["paragraphseparator"] = "Zp",
    };

    /// <summary>Gives the place that an escape stands for, if it is one.</summary>
    /// <param name="letter">The sign behind the backslash.</param>
    public static PatternAnchor? Anchor(char letter) => letter switch
    {
        'A' => PatternAnchor.TextStart,
        'z' => PatternAnchor.TextEnd,
        'Z' => PatternAnchor.TextEndOrLastBreak,
        'b' => PatternAnchor.WordBorder,
        'B' => PatternAnchor.NoWordBorder,
        _ => null,
    };

    /// <summary>Reads an escape that stands for one character or a class of them.</summary>
    /// <param name="position">Where its backslash stands; goes behind it.</param>
    public CodePointSet Read(ref int position)
    {
        if (TryReadCode(ref position, out int code))
        {
            return CodePointSet.Create(code);
        }

        char letter = text[position + 1];
        position += 2;
        return letter switch
        {
            'd' => CharacterClasses.Category("Nd")!,
            'D' => CharacterClasses.Category("Nd")!.Not(),
            's' => CharacterClasses.WhiteSpace,
            'S' => CharacterClasses.WhiteSpace.Not(),
            'w' => CharacterClasses.Word,
            'W' => CharacterClasses.Word.Not(),
            'h' => CodePointSet.Create(('0', '9'), ('a', 'f'), ('A', 'F')),
            'H' => CodePointSet.Create(('0', '9'), ('a', 'f'), ('A', 'F')).Not(),
            'N' => CodePointSet.Create('\n').Not(),
            'O' => CodePointSet.Create().Not(),
            'p' or 'P' => Property(ref position, letter == 'P'),
            _ => throw new PatternException($"the escape '\\{letter}'"),
        };
    }

    /// <summary>Reads an escape that stands for one character.</summary>
    /// <param name="position">Where its backslash stands; goes behind it where the answer is yes.</param>
    /// <param name="code">The character.</param>
    public bool TryReadCode(ref int position, out int code)
    {
        if (position + 1 >= text.Length)
        {
            throw new PatternException("a '\\' at the end");
        }

        char letter = text[position + 1];
        (int value, int length) = letter switch
        {
            't' => ('\t', 2),
            'n' => ('\n', 2),
            'r' => ('\r', 2),
            'f' => ('\f', 2),
            'v' => ('\v', 2),
            'a' => ('\a', 2),
            'e' => (0x1B, 2),
            '0' => (0, 2),
            'x' when position + 2 < text.Length && text[position + 2] == '{' => Braced(position),
            'x' => Hex(position + 2, 2, 2),
            'u' => Hex(position + 2, 4, 4),
            'U' => Hex(position + 2, 8, 8),
            _ when char.IsAsciiLetterOrDigit(letter) => (-1, 0),
            _ => Literal(position),
        };
        code = value;
        position += length;
        return length > 0;
    }

    private (int Value, int Length) Literal(int position)
    {
        Rune.DecodeFromUtf16(text.AsSpan(position + 1), out Rune rune, out int length);
        return (rune.Value, length + 1);
    }

    private (int Value, int Length) Braced(int position)
    {
        int end = text.IndexOf('}', position);
        return end < 0 ? throw new PatternException("a '\\x{' without an end") : (Hex(position + 3, 1, end - position - 3).Value, end + 1 - position);
    }

    private (int Value, int Length) Hex(int start, int least, int most)
    {
        int length = 0;
        while (length < most && start + length < text.Length && char.IsAsciiHexDigit(text[start + length]))
        {
            length++;
        }

        bool valid = length >= least && length <= 8;
        int value = -1;
        valid = valid && int.TryParse(
            text.AsSpan(start, length), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value);
        return valid && value is >= 0 and < CodePointSet.End
            ? (value, length + 2)
            : throw new PatternException($"the character code at {start}");
    }

    private CodePointSet Property(ref int position, bool negative)
    {
        int end = position < text.Length && text[position] == '{' ? text.IndexOf('}', position) : -1;
        if (end < 0)
        {
            throw new PatternException("'\\p' without a name in braces");
        }

        string name = text[(position + 1)..end];
        position = end + 1;
        if (name.StartsWith('^'))
        {
            (name, negative) = (name[1..], !negative);
        }

        CodePointSet set = Named(name) ?? throw new PatternException($"the class of characters '\\p{{{name}}}'");
        return negative ? set.Not() : set;
    }

    /// <summary>Gets a character class by its name in a pattern.</summary>
    /// <param name="name">A category, a POSIX class or a script.</param>
    /// <returns>The set, or <see langword="null"/> where the name is not known.</returns>
    public static CodePointSet? Named(string name)
    {
        string key = name.Replace(" ", null, StringComparison.Ordinal).Replace("_", null, StringComparison.Ordinal)
            .Replace("-", null, StringComparison.Ordinal).ToLowerInvariant();
        string category = LongNames.GetValueOrDefault(key) ?? (key.Length == 0 ? key : char.ToUpperInvariant(key[0]) + key[1..]);
        return key switch
        {
            "any" => CodePointSet.Create().Not(),
            "lc" => CharacterClasses.Category("Lu")!.Or(CharacterClasses.Category("Ll")!).Or(CharacterClasses.Category("Lt")!),
            "space" or "whitespace" => CharacterClasses.WhiteSpace,
            "digit" => CharacterClasses.Category("Nd"),
            "punct" => CharacterClasses.Category("P")!.Or(CharacterClasses.Category("S")!),
            "cntrl" => CharacterClasses.Category("Cc"),
            "xdigit" => CodePointSet.Create(('0', '9'), ('a', 'f'), ('A', 'F')),
            "blank" => CharacterClasses.Category("Zs")!.Or(CodePointSet.Create('\t')),
            "alpha" or "alphabetic" => Alphabetic(),
            "alnum" => Alphabetic().Or(CharacterClasses.Category("Nd")!),
            "upper" or "uppercase" => CharacterClasses.Category("Lu")!.Or(CharacterClasses.Table("uppercase")),
            "lower" or "lowercase" => CharacterClasses.Category("Ll")!.Or(CharacterClasses.Table("lowercase")),
            "word" => CharacterClasses.Category("M")!.Or(CharacterClasses.Category("Pc")!).Or(Alphabetic())
                .Or(CharacterClasses.Category("Nd")!),
            "ascii" => CodePointSet.Create((0, 127)),
            _ => CharacterClasses.Category(category) ?? Script(key),
        };
    }

    private static CodePointSet Alphabetic() => CharacterClasses.Category("L")!.Or(CharacterClasses.Category("Nl")!)
        .Or(CharacterClasses.Table("alphabetic"));

    private static CodePointSet? Script(string key)
    {
        string name = UnicodeTables.Starting("script:").Select(script => script.Name)
            .FirstOrDefault(script => script.Equals(key, StringComparison.OrdinalIgnoreCase), string.Empty);
        return name.Length == 0 ? null : CharacterClasses.Table($"script:{name}");
    }
}
