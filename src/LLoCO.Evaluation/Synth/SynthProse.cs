using System.Text;
using LLoCO.Core.Numerics;

namespace LLoCO.Evaluation.Synth;

/// <summary>Unrelated sentences between the facts. They name no person, so they never answer a question.</summary>
internal static class SynthProse
{
    private static readonly string[] Shared =
    [
        "Nothing more was done {while}.", "The morning was {mood} and the evening {mood}.",
        "It was {mood} {while}, as the old people say.",
        "Some say the year will be {mood}.", "The {part} was looked at and found {mood}.",
        "Supper was {mood} and nobody complained.",
        "There was talk about the {part} {while}.", "A letter came from the {direction}, {count} days late.",
        "All was {mood} when the lights went out.", "We counted {count} stars over the {direction} {while}.",
        "The day passed {while} with small matters.", "Bread was baked and {count} candles were used up.",
    ];

    private static readonly Dictionary<string, string[]> Slots = new()
    {
        ["direction"] = "north south east west river hill coast valley forest lake moor marsh".Split(' '),
        ["mood"] = "calm rough quiet cold warm dark bright heavy gentle strange dull clear pleasant dreary damp fine".Split(' '),
        ["count"] = "two three four five six seven eight nine ten twelve twenty thirty".Split(' '),
        ["part"] = "roof door floor rope stair pump stove wall cellar ladder hatch chimney fence window shutter well".Split(' '),
        ["while"] =
        [
            "until noon", "before sunrise", "after dinner", "all day", "in the night", "for an hour", "at dusk", "the whole week",
            "in the morning", "without a pause", "as usual", "for a long time",
        ],
    };

    /// <summary>Every word that prose can hold, for the training of a tokenizer.</summary>
    internal static IEnumerable<string> Words() =>
        Shared.Concat(Slots.Values.SelectMany(options => options)).SelectMany(text => text.Split(' '));

    /// <summary>Writes one sentence.</summary>
    internal static string Sentence(SynthGroup group, SeededRandom random)
    {
        string pattern = random.Next(5) < 3 ? random.Pick(group.Prose) : random.Pick(Shared);
        var text = new StringBuilder();
        int place = 0;
        while (true)
        {
            int open = pattern.IndexOf('{', place);
            if (open < 0)
            {
                return text.Append(pattern, place, pattern.Length - place).ToString();
            }

            int close = pattern.IndexOf('}', open);
            text.Append(pattern, place, open - place);
            text.Append(random.Pick(Slots[pattern[(open + 1)..close]]));
            place = close + 1;
        }
    }
}
