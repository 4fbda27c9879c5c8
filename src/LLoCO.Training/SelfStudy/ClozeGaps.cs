using System.Text.RegularExpressions;

namespace LLoCO.Training.SelfStudy;

/// <summary>Takes a name, a number, a date, a code or a noun out of a sentence.</summary>
internal static partial class ClozeGaps
{
    private const string Gap = "____";
    private const int ContentWords = 4;
    private const int ContentLength = 4;

    private const string Month =
        "(?:January|February|March|April|May|June|July|August|September|October|November|December)";

    /// <summary>A date, a code, a number, or a run of capitalised words.</summary>
    private const string Telling =
        @"(?<date>\b(?:\d{1,2} )?" + Month + @" \d{3,4}\b|\b" + Month + @" \d{1,2}, \d{3,4}\b)"
        + @"|(?<code>\b(?=[\p{L}-]*\d)(?=[\d-]*\p{L})[\p{L}\d]+(?:-[\p{L}\d]+)*\b)"
        + @"|(?<number>(?<![\p{L}\d])\d+(?:[.,:]\d+)*)"
        + @"|(?<name>\b\p{Lu}[\p{L}'\u2019-]*(?: (?:of |de |van |von |la )?\p{Lu}[\p{L}'\u2019-]*)*)";

    private static readonly HashSet<string> Starters = new(
        ("The A An In On At By For From With To Of As After Before During When While Since Until Under Over Near Behind Every Each All "
        + "No Most Many Few Several Today Later Now Once If Because Although Though Where What Who How Not Nobody Everybody I").Split(' '),
        StringComparer.Ordinal);

    private static readonly HashSet<string> CalendarWords = new(
        ("January February March April May June July August September October November December Monday Tuesday Wednesday Thursday Friday "
        + "Saturday Sunday").Split(' '),
        StringComparer.Ordinal);

    private static readonly HashSet<string> FunctionWords = new(
        "with from that this have been were they their there which what when where into than then over under also only".Split(' '),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The questions of a sentence.</summary>
    internal static IEnumerable<ClozePair> Ask(string sentence)
    {
        IEnumerable<(int Start, int Length)> spans = Spans(sentence);
        if (LastNoun().Match(sentence) is { Success: true } noun)
        {
            spans = spans.Append((noun.Groups["noun"].Index, noun.Groups["noun"].Length));
        }

        foreach ((int start, int length) in spans)
        {
            string answer = sentence.Substring(start, length);
            string rest = sentence.Remove(start, length);
            if (CanBeFound(rest) && !Contains(rest, answer))
            {
                yield return new ClozePair($"Complete: {sentence.Remove(start, length).Insert(start, Gap)}.", answer);
            }
        }
    }

    /// <summary>Whether a question says what it is about: it names something, or has words enough.</summary>
    internal static bool CanBeFound(string question) =>
        Spans(question).Any()
        || Word().Matches(question).Count(word => word.Length >= ContentLength && !FunctionWords.Contains(word.Value)) >= ContentWords;

    /// <summary>Whether a run of words stands in a text, whatever their case.</summary>
    internal static bool Contains(string text, string words) =>
        Regex.IsMatch(text, $@"(?<![\p{{L}}\d]){Regex.Escape(words)}(?![\p{{L}}\d])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Whether a word begins sentences of all kinds, and so is no name there.</summary>
    internal static bool BeginsSentences(string word) => Starters.Contains(word);

    /// <summary>Names, dates, codes and numbers.</summary>
    internal static IEnumerable<(int Start, int Length)> Spans(string sentence)
    {
        foreach (Match match in TellingSpan().Matches(sentence))
        {
            (int start, int length) = match.Groups["name"].Success ? Name(match) : (match.Index, match.Length);
            if (length > 0)
            {
                yield return (start, length);
            }
        }
    }

    /// <summary>A run of capitalised words without what begins a sentence; none where only a calendar's word or the sentence's first
    /// word is left, which may be any word.</summary>
    private static (int Start, int Length) Name(Match match)
    {
        (int start, string name) = (match.Index, match.Value);
        if (start == 0)
        {
            // "Doctor of Tarvin": an attribute, by its first word, and whose it is.
            int of = name.IndexOf(" of ", StringComparison.Ordinal);
            (start, name) = of < 0 ? (start, name) : (of + 4, name[(of + 4)..]);
        }

        if (start == 0)
        {
            int space = name.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0)
            {
                return (0, 0);
            }

            (start, name) = Starters.Contains(name[..space]) ? (space + 1, name[(space + 1)..]) : (start, name);
        }

        return CalendarWords.Contains(name) || Starters.Contains(name) ? (0, 0) : (start, name.Length);
    }

    [GeneratedRegex(Telling)]
    private static partial Regex TellingSpan();

    [GeneratedRegex(@" (?:a|an|the) (?<noun>\p{Ll}[\p{Ll}-]*(?: (?!as |in |of |for |to |by |with |at |on |and |or |that |from )\p{Ll}[\p{Ll}-]*){0,2})$")]
    private static partial Regex LastNoun();

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex Word();
}
