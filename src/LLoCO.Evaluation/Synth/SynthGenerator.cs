using System.Text;
using LLoCO.Core.Numerics;

namespace LLoCO.Evaluation.Synth;

/// <summary>
/// Writes the practice corpus: English documents in three groups (a ship's log, a town register, a workshop's job book), in
/// which facts about people stand among unrelated prose. Everything follows from the seed; no two seeds share a fact.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
public sealed class SynthGenerator
{
    /// <summary>Most documents that one seed has of a group.</summary>
    public const int MaxDocuments = SynthFactSpace.DocumentsPerSeed;

    // Tokens of the words and marks of such text, measured on the embedded model's tokenizer (about one per word or mark).
    private const double WordsPerToken = 0.86;
    private const int TokensPerFact = 70;
    private const int MaxFacts = 96;

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

    /// <summary>Writes a document.</summary>
    /// <param name="group">One of <see cref="Groups"/>.</param>
    /// <param name="number">The document's number within seed and group, from 0 to <see cref="MaxDocuments"/> - 1.</param>
    /// <param name="tokens">About how many tokens it shall have; at least 64.</param>
    /// <returns>The document with its facts.</returns>
    /// <exception cref="ArgumentException">There is no such group, or a number lies outside its range.</exception>
    public SynthDocument Write(string group, int number, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, SynthFactSpace.DocumentsPerSeed);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 64);
        int facts = Math.Clamp(tokens / TokensPerFact, 1, MaxFacts);
        return Write(
            SynthGroup.Named(group),
            $"{group}-{_seed}-{number}",
            SeededRandom.For(_seed, $"{group}/{number}"),
            SynthFactSpace.OfSeed(_seed, number),
            new SynthShape(tokens, facts));
    }

    /// <summary>Writes a document with a given number of facts, spread evenly; fewer where the share has no more
    /// people.</summary>
    internal static SynthDocument Write(SynthGroup kind, string id, SeededRandom random, SynthShare share, SynthShape shape)
    {
        List<(string Person, SynthRelation Relation, string Value)> chosen = Choose(kind, random, share, shape);

        var text = new StringBuilder();
        text.Append(random.Pick(kind.Titles).Replace("{T}", random.Pick(SynthLexicon.Surnames), StringComparison.Ordinal));
        var written = new List<SynthFact>(chosen.Count);
        double wordsPerFact = shape.Tokens * WordsPerToken / Math.Max(1, chosen.Count);
        double due = 0;
        int words = 5;
        int entry = 1;
        foreach ((string person, SynthRelation relation, string value) in chosen)
        {
            due += wordsPerFact;
            words += Prose(kind, random, text, (int)(due - words) - 8, ref entry);
            string sentence = Fill(Statement(relation, random, shape.ListShare), person, value);
            text.Append(' ');
            written.Add(new SynthFact(
                person, relation.Name, value, Fill(random.Pick(relation.Questions), person, value), text.Length,
                sentence.Length));
            text.Append(sentence);
            words += CountWords(sentence);
        }

        return new SynthDocument(id, kind.Name, text.ToString(), written);
    }

    /// <summary>Puts person and value into a wording.</summary>
    internal static string Fill(string wording, string person, string value) =>
        wording.Replace("{N}", person, StringComparison.Ordinal).Replace("{V}", value, StringComparison.Ordinal);

    private static List<(string Person, SynthRelation Relation, string Value)> Choose(
        SynthGroup kind, SeededRandom random, SynthShare share, SynthShape shape)
    {
        int group = SynthGroup.All.ToList().IndexOf(kind);
        int[] records = Enumerable.Range(0, SynthFactSpace.RecordsPerSlot).ToArray();
        random.Shuffle(records);

        // One surname stands for one person in a document, as in a register of a small place.
        var surnames = new HashSet<string>();
        var people = records.Select(record => SynthFactSpace.Record(group, share, record))
            .Where(record => surnames.Add(record.Surname)).ToList();
        var all = new List<(string, SynthRelation, string)>();
        int only = random.Next(kind.Relations.Length);
        for (int pass = 0; pass < (shape.OneRelation ? 1 : kind.Relations.Length) && all.Count < shape.Facts; pass++)
        {
            foreach ((string person, _, int[] values) in people)
            {
                int relation = shape.OneRelation ? only : (int)(
                    (SeededRandom.Mix((ulong)person.Length + (ulong)values[0]) + (ulong)pass) % (ulong)kind.Relations.Length);
                all.Add((person, kind.Relations[relation], kind.Relations[relation].Values[values[relation]]));
            }
        }

        all = all.Take(shape.Facts).ToList();
        random.Shuffle(all);
        return all;
    }

    private static string Statement(SynthRelation relation, SeededRandom random, double listShare) =>
        listShare > 0 && random.NextDouble() < listShare ? SynthRelation.ListWording : random.Pick(relation.Statements);

    private static int Prose(SynthGroup kind, SeededRandom random, StringBuilder text, int words, ref int entry)
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

/// <summary>Size and make of a document.</summary>
/// <param name="Tokens">About how many tokens it shall have.</param>
/// <param name="Facts">How many facts.</param>
internal sealed record SynthShape(int Tokens, int Facts)
{
    /// <summary>Gets whether the document tells the same thing of all its people, so that only the person tells answers apart.
    /// Readers that may go by the kind of answer learn to look at the person much later; training begins with this.</summary>
    internal bool OneRelation { get; init; }

    /// <summary>Gets the share of facts told as a mere list, the value right behind the person. Readers learn to look such facts
    /// up first; sentences follow from there.</summary>
    internal double ListShare { get; init; }
}
