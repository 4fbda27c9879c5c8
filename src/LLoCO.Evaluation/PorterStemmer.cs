namespace LLoCO.Evaluation;

/// <summary>
/// Porter's suffix stripping (Program 14.3, 1980) with the extensions that NLTK's <c>PorterStemmer</c> has by default, which is
/// what <c>rouge_score</c> stems with.
/// </summary>
/// <remarks>
/// The stemmers that packages bring are Martin Porter's own version or Porter 2; both differ from NLTK's ("enjoy", "dying",
/// "tied"), so that ROUGE would come out different. A letter is a consonant where it is none of a, e, i, o, u, and for y where
/// it is the first letter or follows a vowel; digits count as consonants, as they do in NLTK.
/// </remarks>
internal static class PorterStemmer
{
    private static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky", ["skies"] = "sky", ["dying"] = "die", ["lying"] = "lie", ["tying"] = "tie", ["news"] = "news",
        ["innings"] = "inning", ["inning"] = "inning", ["outings"] = "outing", ["outing"] = "outing",
        ["cannings"] = "canning", ["canning"] = "canning", ["howe"] = "howe", ["proceed"] = "proceed", ["exceed"] = "exceed",
        ["succeed"] = "succeed",
    };

    // In each list, the first matching ending decides, whether its condition holds or not.
    private static readonly (string Suffix, string Replacement)[] DoubleSuffixes =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
        ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"),
        ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"),
        ("biliti", "ble"), ("fulli", "ful"), ("logi", "log"),
    ];

    private static readonly (string Suffix, string Replacement)[] SingleSuffixes =
    [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ];

    private static readonly string[] Endings =
    [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous",
        "ive", "ize",
    ];

    /// <summary>Stems a word.</summary>
    /// <param name="word">A word in lower case.</param>
    /// <returns>Its stem; words of one or two letters stay as they are.</returns>
    public static string Stem(string word)
    {
        if (Irregular.TryGetValue(word, out string? stem))
        {
            return stem;
        }

        return word.Length <= 2 ? word : DropDoubleL(DropE(DropEnding(MapSuffix(
            MapDoubleSuffix(MapY(DropPast(DropPlural(word)))), SingleSuffixes))));
    }

    private static string DropPlural(string word) => word switch
    {
        _ when Ends(word, "ies") => word.Length == 4 ? word[..^1] : word[..^2],
        _ when Ends(word, "sses") => word[..^2],
        _ when Ends(word, "s") && !Ends(word, "ss") => word[..^1],
        _ => word,
    };

    private static string DropPast(string word)
    {
        if (Ends(word, "ied"))
        {
            return word.Length == 4 ? word[..^1] : word[..^2];
        }

        if (Ends(word, "eed"))
        {
            return Measure(word.AsSpan(0, word.Length - 3)) > 0 ? word[..^1] : word;
        }

        int suffix = Ends(word, "ed") ? 2 : Ends(word, "ing") ? 3 : 0;
        return suffix > 0 && HasVowel(word.AsSpan(0, word.Length - suffix)) ? Mend(word[..^suffix]) : word;
    }

    // What is left of "hopping" and "filing" is made a word again: hop, file.
    private static string Mend(string stem)
    {
        if (Ends(stem, "at") || Ends(stem, "bl") || Ends(stem, "iz"))
        {
            return stem + "e";
        }

        if (EndsInDoubleConsonant(stem))
        {
            return stem[^1] is 'l' or 's' or 'z' ? stem : stem[..^1];
        }

        return Measure(stem) == 1 && EndsShort(stem) ? stem + "e" : stem;
    }

    private static string MapY(string word) =>
        Ends(word, "y") && word.Length > 2 && IsConsonant(word, word.Length - 2) ? word[..^1] + "i" : word;

    private static string MapDoubleSuffix(string word)
    {
        // "radically": the result may end in a further double suffix.
        if (Ends(word, "alli") && Measure(word.AsSpan(0, word.Length - 4)) > 0)
        {
            return MapDoubleSuffix(word[..^2]);
        }

        // The l of -logi counts as the stem's, so that "geology" is treated as "archaeology" is.
        return Ends(word, "logi")
            ? Measure(word.AsSpan(0, word.Length - 3)) > 0 ? word[..^1] : word
            : MapSuffix(word, DoubleSuffixes);
    }

    private static string MapSuffix(string word, (string Suffix, string Replacement)[] rules)
    {
        foreach ((string suffix, string replacement) in rules)
        {
            if (Ends(word, suffix))
            {
                ReadOnlySpan<char> stem = word.AsSpan(0, word.Length - suffix.Length);
                return Measure(stem) > 0 ? string.Concat(stem, replacement) : word;
            }
        }

        return word;
    }

    private static string DropEnding(string word)
    {
        string? ending = Array.Find(Endings, ending => Ends(word, ending));
        if (ending is null)
        {
            return word;
        }

        string stem = word[..^ending.Length];
        return Measure(stem) > 1 && (ending != "ion" || stem[^1] is 's' or 't') ? stem : word;
    }

    private static string DropE(string word)
    {
        if (!Ends(word, "e"))
        {
            return word;
        }

        string stem = word[..^1];
        int measure = Measure(stem);
        return measure > 1 || (measure == 1 && !EndsShort(stem)) ? stem : word;
    }

    private static string DropDoubleL(string word) =>
        Ends(word, "ll") && Measure(word.AsSpan(0, word.Length - 1)) > 1 ? word[..^1] : word;

    private static bool Ends(string word, string suffix) => word.EndsWith(suffix, StringComparison.Ordinal);

    // How often a consonant follows a vowel: Porter's m.
    private static int Measure(ReadOnlySpan<char> stem)
    {
        int count = 0;
        bool vowelBefore = false;
        for (int i = 0; i < stem.Length; i++)
        {
            bool vowel = !IsConsonant(stem, i);
            count += vowelBefore && !vowel ? 1 : 0;
            vowelBefore = vowel;
        }

        return count;
    }

    private static bool HasVowel(ReadOnlySpan<char> stem)
    {
        for (int i = 0; i < stem.Length; i++)
        {
            if (!IsConsonant(stem, i))
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsInDoubleConsonant(string stem) =>
        stem.Length >= 2 && stem[^1] == stem[^2] && IsConsonant(stem, stem.Length - 1);

    // Consonant, vowel, consonant other than w, x, y ("fil", "hop"); or just vowel and consonant ("ic", "us").
    private static bool EndsShort(string stem) => stem.Length switch
    {
        >= 3 => IsConsonant(stem, stem.Length - 3) && !IsConsonant(stem, stem.Length - 2)
            && IsConsonant(stem, stem.Length - 1) && stem[^1] is not ('w' or 'x' or 'y'),
        2 => !IsConsonant(stem, 0) && IsConsonant(stem, 1),
        _ => false,
    };

    private static bool IsConsonant(ReadOnlySpan<char> word, int index) => word[index] switch
    {
        'a' or 'e' or 'i' or 'o' or 'u' => false,
        'y' => index == 0 || !IsConsonant(word, index - 1),
        _ => true,
    };
}
