using System.Collections.Concurrent;
using System.Globalization;

namespace LLoCO.Core.Tokenization.Unicode;

/// <summary>
/// Sets of characters by their Unicode properties, also beyond U+FFFF, where .NET's own character classes see two surrogates.
/// </summary>
internal static class CharacterClasses
{
    private static readonly Lazy<byte[]> Categories = new(() =>
    {
        byte[] categories = new byte[CodePointSet.End];
        for (int code = 0; code < categories.Length; code++)
        {
            categories[code] = (byte)CharUnicodeInfo.GetUnicodeCategory(code);
        }

        return categories;
    });

    private static readonly ConcurrentDictionary<string, CodePointSet> Cache = new(StringComparer.Ordinal);

    /// <summary>Gets the categories' short names, in the order of <see cref="UnicodeCategory"/>.</summary>
    private static readonly string[] Names =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
        "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    /// <summary>Gets the 25 characters with the property White_Space.</summary>
    public static CodePointSet WhiteSpace => Cached("space", () => Category("Z")!.Or(CodePointSet.Create((9, 13), (0x85, 0x85))));

    /// <summary>Gets the characters of words: letters, marks, digits, letter numbers, connectors, circled letters.</summary>
    public static CodePointSet Word => Cached("word", () => Category("L")!.Or(Category("M")!).Or(Category("Nd")!)
        .Or(Category("Nl")!).Or(Category("Pc")!).Or(UnicodeTables.Set("word")));

    /// <summary>Gets the word characters of Rust's expressions: with the joiners, without Latin-1's small digits.</summary>
    public static CodePointSet RustWord => Cached("rust word", () => Word
        .And(CodePointSet.Create((0xB2, 0xB3), (0xB9, 0xB9), (0xBC, 0xBE)).Not()).Or(CodePointSet.Create((0x200C, 0x200D))));

    /// <summary>Gets the punctuation of the reference implementation: ASCII's, and Unicode's as of its tables.</summary>
    public static CodePointSet Punctuation => Cached("punctuation", () => UnicodeTables.Set("punctuation"));

    /// <summary>Gives the characters of a general category.</summary>
    /// <param name="name">One letter (<c>L</c>) or two (<c>Lu</c>).</param>
    /// <returns>The set, or <see langword="null"/> where no category has that name.</returns>
    public static CodePointSet? Category(string name)
    {
        int mask = 0;
        for (int i = 0; i < Names.Length; i++)
        {
            mask |= name.Length > 0 && Names[i].StartsWith(name, StringComparison.Ordinal) ? 1 << i : 0;
        }

        return mask == 0 ? null : Cached($"category {name}", () => CodePointSet.OfKinds(Categories.Value, mask));
    }

    /// <summary>Gives the set of a table of <see cref="UnicodeTables"/>.</summary>
    public static CodePointSet Table(string name) => Cached($"table {name}", () => UnicodeTables.Set(name));

    private static CodePointSet Cached(string key, Func<CodePointSet> make) => Cache.GetOrAdd(key, _ => make());
}
