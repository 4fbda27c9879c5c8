using System.Globalization;
using LLoCO.Core.Numerics;

namespace LLoCO.Evaluation.Synth;

/// <summary>Draws the facts of the open practice corpus, in which nothing repeats: made-up subjects, values of every kind, a few
/// relations with a few of their wordings for each document.</summary>
internal sealed class OpenCorpus
{
    private static readonly string[] Months =
        "January February March April May June July August September October November December".Split(' ');

    private const double ThingShare = 0.3;

    private readonly OpenLexicon _lexicon;
    private readonly Func<string, int> _pieces;
    private readonly Dictionary<string, Wordings> _wordings = new(StringComparer.Ordinal);
    private readonly OpenRelation[] _relations;

    /// <summary>Prepares the corpus.</summary>
    /// <param name="lexicon">Nouns and names.</param>
    /// <param name="pieces">How many pieces the tokenizer has for a text.</param>
    /// <param name="heldOut">Whether relations come from those that are kept for tests; wordings then do too.</param>
    internal OpenCorpus(OpenLexicon lexicon, Func<string, int> pieces, bool heldOut = false)
    {
        _lexicon = lexicon;
        _pieces = pieces;
        _relations = [.. OpenGrammar.Relations.Where(relation => relation.IsHeldOut == heldOut)];
        foreach (OpenRelation relation in _relations)
        {
            _wordings.Add(relation.Name, new Wordings(
                Some(relation, relation.Statements, heldOut), Some(relation, relation.Questions, heldOut)));
        }
    }

    /// <summary>Draws the facts of a document.</summary>
    /// <param name="random">Draws.</param>
    /// <param name="shape">How many, and of what make.</param>
    /// <returns>The facts in the order in which they are told, each with its sentence.</returns>
    internal IReadOnlyList<OpenFact> Draw(SeededRandom random, OpenShape shape)
    {
        // Some subjects share their first word, so that the rest of the name counts.
        string? shared = random.NextDouble() < shape.SharedNameShare ? OpenWords.Capital(OpenWords.Word(random, 2)) : null;
        var subjects = new HashSet<string>(StringComparer.Ordinal);
        while (subjects.Count < shape.Facts)
        {
            subjects.Add(Subject(random, shape, random.Next(2) == 0 ? shared : null));
        }

        OpenRelation only = random.Pick(_relations);
        bool one = random.NextDouble() < shape.OneRelationShare;
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        var facts = new List<OpenFact>(shape.Facts);
        foreach (string subject in subjects)
        {
            OpenRelation relation = one ? only : random.Pick(_relations);
            string value = Value(random, relation.Kind);

            // A document keeps to one wording of a relation, two times in three.
            string wording = random.NextDouble() < shape.ListShare ? shape.ListWording
                : told.TryGetValue(relation.Name, out string? before) && random.Next(3) > 0 ? before
                : random.Pick(_wordings[relation.Name].Statements);
            told[relation.Name] = wording;
            facts.Add(new OpenFact(subject, relation, value, SynthGenerator.Fill(wording, subject, value)));
        }

        random.Shuffle(facts);
        return facts;
    }

    /// <summary>Draws the facts of a document that tells several things of each of its subjects: the first sentence names the subject, most
    /// of the others only refer to it.</summary>
    /// <param name="random">Draws.</param>
    /// <param name="shape">How many, and of what make.</param>
    /// <returns>The facts in the order in which they are told, each with its sentence.</returns>
    internal IReadOnlyList<OpenFact> DrawProfiles(SeededRandom random, OpenShape shape)
    {
        var subjects = new HashSet<string>(StringComparer.Ordinal);
        var facts = new List<OpenFact>(shape.Facts);

        // Records tell the same things of each subject.
        List<OpenRelation>? record = random.NextDouble() < shape.OneRelationShare ? Relations(random, shape) : null;
        while (facts.Count < shape.Facts)
        {
            bool thing = random.NextDouble() < ThingShare;
            string subject;
            while (!subjects.Add(subject = thing ? $"the {Noun(random)} {Noun(random)}" : Subject(random, shape, null)))
            {
            }

            OpenPronoun pronoun = thing ? OpenPronoun.It : random.Pick(OpenPronoun.All);
            List<OpenRelation> relations = record is null ? Relations(random, shape) : [.. record];
            random.Shuffle(relations);
            for (int i = 0; i < relations.Count && facts.Count < shape.Facts; i++)
            {
                string value = Value(random, relations[i].Kind);
                string wording = random.Pick(_wordings[relations[i].Name].Statements);
                bool named = i == 0 || random.Next(5) == 0;
                string sentence = named
                    ? SynthGenerator.Fill(wording, subject, value)
                    : SynthGenerator.Fill(pronoun.Refer(wording), pronoun.Subject, value);

                // A value is written as it is asked for, at the beginning of a sentence too.
                sentence = wording.StartsWith("{V}", StringComparison.Ordinal) ? sentence : OpenWords.Capital(sentence);
                facts.Add(new OpenFact(subject, relations[i], value, sentence) { InProfile = true, Follows = !named });
            }
        }

        return facts;
    }

    /// <summary>A question for a fact.</summary>
    internal string Question(SeededRandom random, OpenFact fact) =>
        SynthGenerator.Fill(random.Pick(_wordings[fact.Relation.Name].Questions), fact.Subject, fact.Value);

    private static IReadOnlyList<string> Some(OpenRelation relation, IReadOnlyList<string> all, bool heldOut)
    {
        // Of few wordings none may be held out.
        IReadOnlyList<string> chosen = relation.Wordings(all, heldOut);
        return chosen.Count > 0 ? chosen : all;
    }

    /// <summary>Draws relations of different attributes: nobody has an old trade and a new one in one profile.</summary>
    private List<OpenRelation> Relations(SeededRandom random, OpenShape shape)
    {
        int wanted = 1 + random.Next(shape.FactsPerSubject);
        return [.. Enumerable.Range(0, 2 * wanted).Select(_ => random.Pick(_relations)).DistinctBy(relation => relation.Attribute).Take(wanted)];
    }

    private string Subject(SeededRandom random, OpenShape shape, string? first)
    {
        while (true)
        {
            string name = Name(random);
            name = first is null ? name : $"{first} {name.Split(' ')[^1]}";
            int pieces = _pieces(name);
            if (pieces >= shape.MinPieces && pieces <= shape.MaxPieces)
            {
                return name;
            }
        }
    }

    /// <summary>A name: made up, three times in five; of words that exist; of both.</summary>
    private string Name(SeededRandom random) => random.Next(5) switch
    {
        0 => $"{random.Pick(_lexicon.Names)} {random.Pick(_lexicon.Names)}",
        1 => $"{random.Pick(_lexicon.Names)} {OpenWords.Capital(OpenWords.Word(random, 2))}",
        _ => OpenWords.Name(random),
    };

    private string Value(SeededRandom random, OpenKind kind) => kind switch
    {
        OpenKind.Noun => Noun(random),
        OpenKind.Pair => $"{Noun(random)} {random.Pick(_lexicon.Nouns)}",
        OpenKind.Name => Name(random),
        OpenKind.Place when random.Next(3) == 0 => random.Pick(_lexicon.Names),
        OpenKind.Place => OpenWords.Capital(OpenWords.Word(random, 2 + random.Next(2))),
        OpenKind.Number => Digits(random, 1 + random.Next(6)),
        OpenKind.Date => Date(random),
        _ => $"{(char)('A' + random.Next(26))}{(random.Next(2) == 0 ? "-" : string.Empty)}{Digits(random, 2 + random.Next(3))}",
    };

    private string Noun(SeededRandom random) =>
        random.Next(6) == 0 ? OpenWords.Word(random, 1 + random.Next(3)) : random.Pick(_lexicon.Nouns);

    private static string Date(SeededRandom random)
    {
        string year = (1500 + random.Next(600)).ToString(CultureInfo.InvariantCulture);
        string month = random.Pick(Months);
        return random.Next(3) switch
        {
            0 => year,
            1 => $"{month} {year}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{1 + random.Next(28)} {month} {year}"),
        };
    }

    private static string Digits(SeededRandom random, int count)
    {
        // No leading zero.
        long least = (long)Math.Pow(10, count - 1);
        return (least + (long)(random.NextDouble() * 9 * least)).ToString(CultureInfo.InvariantCulture);
    }

    private sealed record Wordings(IReadOnlyList<string> Statements, IReadOnlyList<string> Questions);
}

/// <summary>Size and make of an open document.</summary>
/// <param name="Facts">How many facts, each of another subject.</param>
internal sealed record OpenShape(int Facts)
{
    /// <summary>Gets the fewest pieces of a subject.</summary>
    internal int MinPieces { get; init; } = 2;

    /// <summary>Gets the most pieces of a subject.</summary>
    internal int MaxPieces { get; init; } = 6;

    /// <summary>Gets the share of documents that tell the same thing of all subjects.</summary>
    internal double OneRelationShare { get; init; }

    /// <summary>Gets the share of facts told as a mere list: subject and value.</summary>
    internal double ListShare { get; init; }

    /// <summary>Gets whether lists have a mark between subject and value. Without, a look-up is one step: what stood behind the
    /// same piece; with it, two.</summary>
    internal bool ListMark { get; init; }

    /// <summary>Gets the wording of a list.</summary>
    internal string ListWording => ListMark ? OpenGrammar.MarkedListWording : OpenGrammar.ListWording;

    /// <summary>Gets the share of documents in which half of the subjects share their first word.</summary>
    internal double SharedNameShare { get; init; }

    /// <summary>Gets the most facts that a document of profiles tells of one subject.</summary>
    internal int FactsPerSubject { get; init; } = 6;
}

/// <summary>A fact as it is told.</summary>
/// <param name="Subject">Of whom.</param>
/// <param name="Relation">What.</param>
/// <param name="Value">The value.</param>
/// <param name="Sentence">The sentence that tells it.</param>
internal sealed record OpenFact(string Subject, OpenRelation Relation, string Value, string Sentence)
{
    /// <summary>Gets whether its document may tell other things of its subject, so that the subject alone asks for nothing.</summary>
    internal bool InProfile { get; init; }

    /// <summary>Gets whether the sentence refers to the subject of the sentence before it, so that nothing may stand between.</summary>
    internal bool Follows { get; init; }
}
