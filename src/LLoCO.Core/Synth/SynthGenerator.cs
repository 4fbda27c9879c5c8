using System.Text;

namespace LLoCO.Core.Synth;

/// <summary>
/// Writes the practice corpus: English documents in three groups (a ship's log, a town register, a workshop's job book), in
/// which facts about people stand among unrelated prose. Everything follows from the seed; no two seeds share a fact.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class SynthGenerator
{
    // Tokens of the words and marks of such text, measured on the embedded model's tokenizer (about one per word or mark).
    private const double WordsPerToken = 0.86;
    private const int TokensPerFact = 52;
    private const int MostFacts = 96;

    private readonly int _seed;

    /// <summary>Creates a generator.</summary>
    /// <param name="seed">The seed, from 0.</param>
    public SynthGenerator(int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        _seed = seed;
    }

    /// <summary>Gets the names of the groups.</summary>
    public static IReadOnlyList<string> Groups { get; } = SynthGroup.All.Select(group => group.Name).ToArray();

    /// <summary>Gets whether a document tells the same thing of all its people, so that only the person tells answers apart.
    /// Readers that may go by the kind of answer learn to look at the person much later; training begins with this.</summary>
    internal bool OneRelation { get; init; }

    /// <summary>Gets the share of facts told as a mere list, the value right behind the person. Readers learn to look such facts up
    /// first; sentences follow from there.</summary>
    internal double ListShare { get; init; }

    /// <summary>Writes a document.</summary>
    /// <param name="group">One of <see cref="Groups"/>.</param>
    /// <param name="number">The document's number within seed and group, from 0.</param>
    /// <param name="tokens">About how many tokens it shall have; at least 64.</param>
    /// <returns>The document with its facts.</returns>
    public SynthDocument Write(string group, int number, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 64);
        int facts = Math.Clamp(tokens / TokensPerFact, 1, MostFacts);
        return Write(group, number, tokens, facts);
    }

    /// <summary>Writes a document with a given number of facts, spread evenly; fewer where the seed has no more people.</summary>
    internal SynthDocument Write(string group, int number, int tokens, int facts)
    {
        SynthGroup kind = SynthGroup.Named(group);
        SynthRandom random = SynthRandom.For(_seed, $"{group}/{number}");
        List<(string Person, SynthRelation Relation, string Value)> chosen = Choose(kind, random, facts);

        var text = new StringBuilder();
        text.Append(random.Pick(kind.Titles).Replace("{T}", random.Pick(SynthLexicon.Surnames), StringComparison.Ordinal));
        var written = new List<SynthFact>(chosen.Count);
        double wordsPerFact = tokens * WordsPerToken / Math.Max(1, chosen.Count);
        double due = 0;
        int words = 5;
        int entry = 1;
        foreach ((string person, SynthRelation relation, string value) in chosen)
        {
            due += wordsPerFact;
            words += Prose(kind, random, text, (int)(due - words) - 8, ref entry);
            string sentence = Fill(Statement(relation, random), person, value);
            text.Append(' ');
            written.Add(new SynthFact(
                person, relation.Name, value, Fill(random.Pick(relation.Questions), person, value), text.Length, sentence.Length));
            text.Append(sentence);
            words += CountWords(sentence);
        }

        return new SynthDocument($"{group}-{_seed}-{number}", group, text.ToString(), written);
    }

    /// <summary>Puts person and value into a wording.</summary>
    internal static string Fill(string wording, string person, string value) =>
        wording.Replace("{N}", person, StringComparison.Ordinal).Replace("{V}", value, StringComparison.Ordinal);

    private List<(string Person, SynthRelation Relation, string Value)> Choose(SynthGroup kind, SynthRandom random, int facts)
    {
        int group = SynthGroup.All.ToList().IndexOf(kind);
        int[] records = Enumerable.Range(0, SynthFactSpace.RecordsPerSeed).ToArray();
        random.Shuffle(records);

        // One surname stands for one person in a document, as in a register of a small place.
        var surnames = new HashSet<string>();
        var people = records.Select(record => SynthFactSpace.Record(group, _seed, record))
            .Where(record => surnames.Add(record.Surname)).ToList();
        var all = new List<(string, SynthRelation, string)>();
        int only = random.Next(kind.Relations.Length);
        for (int pass = 0; pass < (OneRelation ? 1 : kind.Relations.Length) && all.Count < facts; pass++)
        {
            foreach ((string person, _, int[] values) in people)
            {
                int relation = OneRelation ? only : (int)((SynthRandom.Mix((ulong)person.Length + (ulong)values[0]) + (ulong)pass) % (ulong)kind.Relations.Length);
                all.Add((person, kind.Relations[relation], kind.Relations[relation].Values[values[relation]]));
            }
        }

        all = all.Take(facts).ToList();
        random.Shuffle(all);
        return all;
    }

    private string Statement(SynthRelation relation, SynthRandom random) =>
        ListShare > 0 && random.NextDouble() < ListShare ? SynthRelation.ListWording : random.Pick(relation.Statements);

    private static int Prose(SynthGroup kind, SynthRandom random, StringBuilder text, int words, ref int entry)
    {
        int added = 0;
        while (added < words)
        {
            if (random.Next(6) == 0)
            {
                text.Append('\n').Append(kind.Heading).Append(' ').Append(entry++).Append('.');
                added += 3;
            }

            string sentence = SynthProse.Sentence(kind, random);
            text.Append(' ').Append(sentence);
            added += CountWords(sentence);
        }

        return added;
    }

    private static int CountWords(string text) => text.Count(letter => letter == ' ') + 1;
}
