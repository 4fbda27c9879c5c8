using System.Globalization;

namespace FinetuneDomain;

/// <summary>Words for a room book, each given out once.</summary>
internal sealed class MuseumWords(Random random)
{
    private static readonly string[] Onsets =
        ["b", "br", "d", "dr", "f", "g", "gr", "h", "k", "kl", "l", "m", "n", "p", "qu", "r", "s", "sk", "st", "t", "th", "v", "w", "z"];

    private static readonly string[] Vowels = ["a", "e", "i", "o", "u", "ae", "ei", "ou"];

    private static readonly string[] Codas = ["", "", "l", "m", "n", "nd", "r", "rn", "s", "sk", "th", "x"];

    private static readonly string[] Kinds =
    [
        "astrolabe", "barometer", "bellows", "birdcage", "candlestick", "chalice", "compass", "crossbow", "drum", "flute", "globe", "goblet",
        "harp", "helmet", "hourglass", "inkwell", "kettle", "lantern", "lute", "mask", "medal", "mirror", "organ", "pistol", "plough",
        "saddle", "scale", "seal", "shield", "sickle", "snuffbox", "spindle", "stirrup", "sundial", "tankard", "telescope", "thimble",
        "trumpet", "urn", "weathercock",
    ];

    private static readonly string[] Looks =
        ["bent", "black", "brass", "broad", "carved", "chased", "gilded", "green", "horned", "painted", "plain", "ribbed", "small", "tall"];

    private readonly HashSet<string> _given = [];

    /// <summary>Makes a name of two or three syllables.</summary>
    public string Name() => Fresh(() =>
    {
        string name = string.Concat(Enumerable.Range(0, random.Next(2, 4)).Select(_ => Pick(Onsets) + Pick(Vowels) + Pick(Codas)));
        return char.ToUpperInvariant(name[0]) + name[1..];
    });

    /// <summary>Makes the name of a person.</summary>
    public string Person() => $"{Name()} {Name()}";

    /// <summary>Makes a thing.</summary>
    public string Thing() => Fresh(() => $"{Pick(Looks)} {Pick(Kinds)}");

    /// <summary>Makes a year.</summary>
    public string Year() => random.Next(1701, 1990).ToString(CultureInfo.InvariantCulture);

    /// <summary>Makes an inventory number.</summary>
    public string InventoryNumber() => Fresh(() => string.Create(
        CultureInfo.InvariantCulture, $"{(char)('A' + random.Next(26))}{random.Next(10, 100)}-{random.Next(100, 1000)}"));

    /// <summary>Picks one.</summary>
    public string Pick(string[] choices) => choices[random.Next(choices.Length)];

    private string Fresh(Func<string> make)
    {
        while (true)
        {
            string made = make();
            if (_given.Add(made))
            {
                return made;
            }
        }
    }
}
