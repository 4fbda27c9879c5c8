using System.Text;

namespace LLoCO.Core.Tokenization.Unicode;

/// <summary>Characters that are equal in a pattern that ignores case, one to one.</summary>
internal static class CaseFolding
{
    private const int KelvinSign = 0x212A;
    private const int LongS = 0x17F;

    private static readonly Lazy<ILookup<int, int>> Others = new(() => All()
        .SelectMany(pair => new[] { (pair.One, pair.Other), (pair.Other, pair.One) }).Distinct()
        .ToLookup(pair => pair.Item1, pair => pair.Item2));

    /// <summary>Adds the characters that differ from a member only in case.</summary>
    /// <param name="set">The set.</param>
    public static CodePointSet Close(CodePointSet set)
    {
        int[] members = [.. set.Members()];
        IEnumerable<int> more = members.All(code => code < 128) ? members.SelectMany(OfAscii) : Closure(members);
        (int, int)[] added = [.. more.Select(code => (code, code))];
        return added.Length == 0 ? set : set.Or(CodePointSet.Create(added));
    }

    // The common case, without the table of all pairs.
    private static IEnumerable<int> OfAscii(int code) => (char)code switch
    {
        'k' or 'K' => [code ^ 0x20, KelvinSign],
        's' or 'S' => [code ^ 0x20, LongS],
        _ when char.IsAsciiLetter((char)code) => [code ^ 0x20],
        _ => [],
    };

    private static HashSet<int> Closure(int[] members)
    {
        var closure = new HashSet<int>(members);
        var open = new Stack<int>(members);
        while (open.TryPop(out int code))
        {
            foreach (int other in Others.Value[code])
            {
                if (closure.Add(other))
                {
                    open.Push(other);
                }
            }
        }

        return closure;
    }

    private static IEnumerable<(int One, int Other)> All()
    {
        yield return (LongS, 's');
        yield return (KelvinSign, 'k');
        yield return (0x212B, 0xE5);
        yield return (0x1E9E, 0xDF);
        yield return (0x2126, 0x3C9);
        for (int code = 0; code < CodePointSet.End; code++)
        {
            if (Rune.TryCreate(code, out Rune rune))
            {
                int lower = Rune.ToLowerInvariant(rune).Value;
                int upper = Rune.ToUpperInvariant(rune).Value;
                if (lower != code)
                {
                    yield return (code, lower);
                }

                if (upper != code)
                {
                    yield return (code, upper);
                }
            }
        }
    }
}
