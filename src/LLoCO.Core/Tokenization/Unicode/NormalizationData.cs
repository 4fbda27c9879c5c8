using System.Globalization;

namespace LLoCO.Core.Tokenization.Unicode;

/// <summary>Decompositions, combining classes and compositions, with the rule for Hangul syllables.</summary>
internal sealed class NormalizationData
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;
    private const int Syllables = Leads * Vowels * Trails;

    private static readonly Lazy<NormalizationData> Lazy = new(() => new NormalizationData());

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<long, int> _composed = [];

    private NormalizationData()
    {
        foreach ((int[] code, int[] parts) in UnicodeTables.Equations(UnicodeTables.Line("canonical")))
        {
            _canonical.Add(code[0], parts);
            _compatible.Add(code[0], parts);
        }

        foreach ((int[] code, int[] parts) in UnicodeTables.Equations(UnicodeTables.Line("compatible")))
        {
            _compatible[code[0]] = parts;
        }

        foreach ((int[] pair, int[] code) in UnicodeTables.Equations(UnicodeTables.Line("composed")))
        {
            _composed.Add(Pair(pair[0], pair[1]), code[0]);
        }

        foreach ((string name, string line) in UnicodeTables.Starting("combining "))
        {
            foreach ((int first, int last) in UnicodeTables.Ranges(line))
            {
                for (int code = first; code <= last; code++)
                {
                    _classes.Add(code, byte.Parse(name, CultureInfo.InvariantCulture));
                }
            }
        }
    }

    public static NormalizationData Instance => Lazy.Value;

    /// <summary>Gets the canonical combining class.</summary>
    public int ClassOf(int code) => code < 0x300 ? 0 : _classes.GetValueOrDefault(code);

    /// <summary>Appends a character's full decomposition, which may be itself.</summary>
    public void Decompose(int code, bool compatible, List<int> into)
    {
        int syllable = code - HangulBase;
        if ((uint)syllable < Syllables)
        {
            into.Add(LeadBase + (syllable / (Vowels * Trails)));
            into.Add(VowelBase + (syllable % (Vowels * Trails) / Trails));
            if (syllable % Trails != 0)
            {
                into.Add(TrailBase + (syllable % Trails));
            }
        }
        else if ((compatible ? _compatible : _canonical).TryGetValue(code, out int[]? parts))
        {
            into.AddRange(parts);
        }
        else
        {
            into.Add(code);
        }
    }

    /// <summary>Composes two characters, if composition joins them.</summary>
    public bool TryCompose(int first, int second, out int composed)
    {
        int lead = first - LeadBase;
        int vowel = second - VowelBase;
        if ((uint)lead < Leads && (uint)vowel < Vowels)
        {
            composed = HangulBase + (((lead * Vowels) + vowel) * Trails);
            return true;
        }

        int syllable = first - HangulBase;
        int trail = second - TrailBase;
        if ((uint)syllable < Syllables && syllable % Trails == 0 && trail is > 0 and < Trails)
        {
            composed = first + trail;
            return true;
        }

        return _composed.TryGetValue(Pair(first, second), out composed);
    }

    /// <summary>
    /// Gets the characters that a form changes, moves, or joins to the preceding one. All others do not change and separate their
    /// neighbours; only the last one before a stretch may take part in it.
    /// </summary>
    public CodePointSet Touched(bool compatible, bool compose)
    {
        var touched = new HashSet<int>(_classes.Keys);
        foreach ((int code, int[] parts) in compatible ? _compatible : _canonical)
        {
            // A composed character that composes back to itself changes nothing alone, and what follows finds it as its base.
            bool returns = compose && Recomposes(code, parts);
            if (!returns)
            {
                touched.Add(code);
            }
        }

        if (compose)
        {
            touched.UnionWith(_composed.Keys.Select(pair => (int)(pair & 0x1FFFFF)));
        }

        (int, int)[] hangul = compose
            ? [(VowelBase, VowelBase + Vowels - 1), (TrailBase + 1, TrailBase + Trails - 1)]
            : [(HangulBase, HangulBase + Syllables - 1)];
        return CodePointSet.Create([.. touched.Select(code => (code, code)), .. hangul]);
    }

    private bool Recomposes(int code, int[] parts)
    {
        int whole = parts[0];
        foreach (int part in parts.AsSpan(1))
        {
            if (!TryCompose(whole, part, out whole))
            {
                return false;
            }
        }

        return whole == code;
    }

    private static long Pair(int first, int second) => ((long)first << 21) | (uint)second;
}
