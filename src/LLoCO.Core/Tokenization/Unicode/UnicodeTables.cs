using System.Globalization;

namespace LLoCO.Core.Tokenization.Unicode;

/// <summary>
/// The tables of <c>UnicodeTables.txt</c>: Unicode data that tokenizers need and .NET does not have without ICU. Read on first
/// use.
/// </summary>
internal static class UnicodeTables
{
    private static readonly Lazy<Dictionary<string, string>> Lines = new(Read);

    /// <summary>Gives a table's text, which is <c>KEY VALUE VALUE…</c> without the key.</summary>
    /// <param name="name">Its name.</param>
    public static string Line(string name) => Lines.Value[name];

    /// <summary>Checks whether a table exists.</summary>
    public static bool Has(string name) => Lines.Value.ContainsKey(name);

    /// <summary>Reads a table of code points.</summary>
    /// <param name="name">Its name.</param>
    public static CodePointSet Set(string name) => CodePointSet.Create([.. Ranges(Line(name))]);

    /// <summary>Lists the tables with a name prefix.</summary>
    /// <param name="prefix">The begin of the names.</param>
    /// <returns>The rest of each name, and its table.</returns>
    public static IEnumerable<(string Name, string Line)> Starting(string prefix) => Lines.Value
        .Where(line => line.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(line => (line.Key[prefix.Length..], line.Value));

    /// <summary>Reads <c>A-B C …</c>.</summary>
    public static IEnumerable<(int First, int Last)> Ranges(string line)
    {
        foreach (string range in line.Split(' '))
        {
            int dash = range.IndexOf('-', StringComparison.Ordinal);
            yield return dash < 0 ? (Code(range), Code(range)) : (Code(range.AsSpan(0, dash)), Code(range.AsSpan(dash + 1)));
        }
    }

    /// <summary>Reads <c>K=A+B+…</c> or <c>A+B=K</c> for each entry of a table.</summary>
    /// <returns>The code points left and right of the equals sign.</returns>
    public static IEnumerable<(int[] Left, int[] Right)> Equations(string line)
    {
        foreach (string entry in line.Split(' '))
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            yield return (Codes(entry[..equals]), Codes(entry[(equals + 1)..]));
        }
    }

    private static int[] Codes(string sum) => [.. sum.Split('+').Select(code => Code(code))];

    private static int Code(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Read()
    {
        using Stream stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("LLoCO.Core.UnicodeTables.txt")!;
        using var reader = new StreamReader(stream);
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                // "combining 230 300-314 …": the class is part of the name.
                int space = line.IndexOf(' ', StringComparison.Ordinal);
                space = line.StartsWith("combining", StringComparison.Ordinal) ? line.IndexOf(' ', space + 1) : space;
                lines.Add(line[..space], line[(space + 1)..]);
            }
        }

        return lines;
    }
}
