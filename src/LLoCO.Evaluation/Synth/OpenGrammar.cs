using LLoCO.Core.Numerics;

namespace LLoCO.Evaluation.Synth;

/*
 *   relation  =  modifier?  +  attribute (noun, kind of value, verb frame)        5 * 48, a tenth held out
 *   statement =  wording of every relation, or the attribute's verb frame         18 + 1, a tenth of (relation, wording) held out
 *   question  =  likewise                                                          8 + 1, likewise
 */

/// <summary>The relations of the open practice corpus and their wordings, put together from a grammar: a few of them are drawn
/// for each document. What is held out stands in no training document.</summary>
internal static class OpenGrammar
{
    /// <summary>The shortest wording, a list: what follows the subject's last piece is the value.</summary>
    internal const string ListWording = "{N} {V}.";

    /// <summary>A list with a mark behind the subject.</summary>
    internal const string MarkedListWording = "{N} : {V}.";

    private const int HeldOutSeed = 20_240_711;
    private const int HeldOutShare = 10;

    private static readonly string[] Modifiers = ["", "first ", "last ", "old ", "new "];

    /// <summary>Statements; <c>{N}</c> is the subject, <c>{V}</c> the value, <c>{A}</c> the relation's name.</summary>
    private static readonly string[] Statements =
    [
        "The {A} of {N} is {V}.", "{V} is the {A} of {N}.", "As {A} of {N} we know {V}.", "{N}, whose {A} is {V}, was there.",
        "For {N} the {A} was put down as {V}.", "Under {A} the book gives {V} for {N}.", "Asked about the {A}, {N} said {V}.",
        "{V} was named by {N} as {A}.", "It is {V} that {N} calls the {A}.", "{N} wrote {V} beside {A}.",
        "The {A}? For {N} it is {V}.", "Nobody but {N} has {V} as {A}.", "{A} of {N}: {V}.", "{N} ({A}: {V}) came by.",
        "What {N} gave as {A} is {V}.", "We have {V} as the {A} of {N}.", "{N} has {V} as {A}.", "So the {A} of {N} was {V}.",
    ];

    private static readonly string[] Questions =
    [
        "What is the {A} of {N}?", "Which {A} does {N} have?", "What did {N} give as {A}?", "What is {N}'s {A}?",
        "Can you name the {A} of {N}?", "Of {N}, what is the {A}?", "What stands under {A} for {N}?",
        "What do we know as the {A} of {N}?",
    ];

    /// <summary>Attribute, kind of value, verb frame, question.</summary>
    private static readonly string[] Attributes =
    [
        "birthplace|Place|{N} was born at {V}.|Where was {N} born?", "home|Place|{N} lives at {V}.|Where does {N} live?",
        "school|Place|{N} went to school in {V}.|Where did {N} go to school?",
        "grave|Place|{N} lies buried at {V}.|Where is {N} buried?",
        "harbour|Place|{N} put in at {V}.|Where did {N} put in?", "market|Place|{N} sells at {V}.|Where does {N} sell?",
        "refuge|Place|{N} hid in {V}.|Where did {N} hide?", "destination|Place|{N} set out for {V}.|Where did {N} set out for?",
        "employer|Name|{N} works for {V}.|For whom does {N} work?", "teacher|Name|{V} taught {N}.|Who taught {N}?",
        "neighbour|Name|{N} lives beside {V}.|Beside whom does {N} live?", "rival|Name|{N} lost to {V}.|To whom did {N} lose?",
        "heir|Name|{N} left all to {V}.|To whom did {N} leave all?", "doctor|Name|{V} healed {N}.|Who healed {N}?",
        "partner|Name|{N} trades with {V}.|With whom does {N} trade?", "witness|Name|{V} spoke for {N}.|Who spoke for {N}?",
        "trade|Noun|{N} earns a living as {V}.|How does {N} earn a living?", "animal|Noun|{N} keeps a {V}.|What does {N} keep?",
        "gift|Noun|{N} was given the {V}.|What was {N} given?", "burden|Noun|{N} carries the {V}.|What does {N} carry?",
        "prize|Noun|{N} won the {V}.|What did {N} win?", "tool|Noun|{N} works with the {V}.|What does {N} work with?",
        "emblem|Noun|{N} wears the {V}.|What does {N} wear?", "food|Noun|{N} eats nothing but {V}.|What does {N} eat?",
        "fear|Noun|{N} runs from the {V}.|What does {N} run from?", "material|Noun|{N} is made of {V}.|What is {N} made of?",
        "order|Pair|{N} sent for the {V}.|What did {N} send for?", "treasure|Pair|{N} guards the {V}.|What does {N} guard?",
        "loss|Pair|{N} lost the {V}.|What did {N} lose?", "purchase|Pair|{N} bought the {V}.|What did {N} buy?",
        "debt|Pair|{N} owes the {V}.|What does {N} owe?", "work|Pair|{N} made the {V}.|What did {N} make?",
        "find|Pair|{N} dug up the {V}.|What did {N} dig up?", "wish|Pair|{N} longs for the {V}.|What does {N} long for?",
        "age|Number|{N} is {V} years old.|How old is {N}?", "weight|Number|{N} weighs {V} pounds.|How much does {N} weigh?",
        "price|Number|{N} was sold for {V}.|For how much was {N} sold?",
        "room|Number|{N} sleeps in room {V}.|In which room does {N} sleep?",
        "height|Number|{N} stands {V} high.|How high does {N} stand?", "wage|Number|{N} is paid {V}.|What is {N} paid?",
        "birthday|Date|{N} was born on {V}.|When was {N} born?", "arrival|Date|{N} came on {V}.|When did {N} come?",
        "wedding|Date|{N} was married on {V}.|When was {N} married?", "death|Date|{N} died on {V}.|When did {N} die?",
        "number|Code|{N} bears the mark {V}.|Which mark does {N} bear?", "shelf|Code|{N} is kept at {V}.|Where is {N} kept?",
        "ticket|Code|{N} travels on {V}.|On what does {N} travel?", "file|Code|{N} is filed under {V}.|Under what is {N} filed?",
    ];

    /// <summary>Gets all relations, the held-out ones too.</summary>
    internal static IReadOnlyList<OpenRelation> Relations { get; } = [.. from line in Attributes
        from modifier in Modifiers let parts = line.Split('|')
        select Make(modifier, parts[0], Enum.Parse<OpenKind>(parts[1]), parts[2], parts[3])];

    /// <summary>Whether something is kept for tests: one in ten, by its text.</summary>
    internal static bool IsHeldOut(string what) => SeededRandom.For(HeldOutSeed, what).Next(HeldOutShare) == 0;

    private static OpenRelation Make(string modifier, string attribute, OpenKind kind, string verb, string question)
    {
        string name = modifier + attribute;

        // A frame says nothing of "first" or "old": it belongs to the plain attribute.
        IEnumerable<string> statements = Statements.Select(wording => Named(wording, name));
        IEnumerable<string> questions = Questions.Select(wording => Named(wording, name));
        return new OpenRelation(
            name, kind, [.. modifier.Length == 0 ? statements.Append(verb) : statements],
            [.. modifier.Length == 0 ? questions.Append(question) : questions]);
    }

    private static string Named(string wording, string name) =>
        wording.StartsWith("{A}", StringComparison.Ordinal)
            ? OpenWords.Capital(name) + wording[3..]
            : wording.Replace("{A}", name, StringComparison.Ordinal);
}

/// <summary>What a value is.</summary>
internal enum OpenKind
{
    /// <summary>A noun.</summary>
    Noun,

    /// <summary>Two words, the second a noun.</summary>
    Pair,

    /// <summary>A name of a person.</summary>
    Name,

    /// <summary>A name of a place.</summary>
    Place,

    /// <summary>A number of one to six digits.</summary>
    Number,

    /// <summary>A day, month and year.</summary>
    Date,

    /// <summary>A mark of letters and digits.</summary>
    Code,
}

/// <summary>A relation with all its wordings.</summary>
/// <param name="Name">Its name, as in "the NAME of somebody".</param>
/// <param name="Kind">What its values are.</param>
/// <param name="Statements">Sentences that tell a fact.</param>
/// <param name="Questions">Questions for its value.</param>
internal sealed record OpenRelation(
    string Name, OpenKind Kind, IReadOnlyList<string> Statements, IReadOnlyList<string> Questions)
{
    /// <summary>Gets the name without "first", "old" and the like.</summary>
    internal string Attribute => Name[(Name.LastIndexOf(' ') + 1)..];

    /// <summary>Gets whether the relation is kept for tests.</summary>
    internal bool IsHeldOut => OpenGrammar.IsHeldOut("relation " + Name);

    /// <summary>The wordings of a list that training may use, or those that are kept for tests.</summary>
    internal IReadOnlyList<string> Wordings(IReadOnlyList<string> all, bool heldOut) =>
        [.. all.Where(wording => OpenGrammar.IsHeldOut(Name + " " + wording) == heldOut)];
}
