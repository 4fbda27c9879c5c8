namespace LLoCO.Evaluation.Synth;

/// <summary>Names of people in the practice corpus: 256 first names and 512 surnames, put together from stems and
/// endings.</summary>
internal static class SynthLexicon
{
    /// <summary>First names.</summary>
    internal static readonly string[] FirstNames = Combine(
        "Al Bel Cor Dar El Fen Gar Hal Is Jor Kal Lor Mar Nor Or Per Quin Ros Sel Tam Ul Ver Wil Yor Zan Bran Cas Del Ev Gil Jas "
        + "Lin",
        "a an en is o ric wyn dra");

    /// <summary>Surnames, each made of two halves.</summary>
    internal static readonly string[] Surnames = Combine(
        "Ash Black Brad Carl Dun East Fair Gold Hart Kings Lang Mill North Oak Pem Quar Rad Stan Thorn Under Vern West Yard Holl "
        + "Craw Bent Cald Elder Frost Grim Hather Luns",
        "ford ham ton wick ley worth by field mere stead brook shaw croft well dale gate");

    private static string[] Combine(string stems, string endings) =>
        (from stem in stems.Split(' ') from ending in endings.Split(' ') select stem + ending).ToArray();
}
