using LLoCO.Evaluation.Synth;

namespace LLoCO.Benchmarks.Scale;

/// <summary>Distinct practice documents of many seeds, and for each a question about one of its facts.</summary>
internal static class PracticeCorpus
{
    private const int FirstSeed = 100;

    /// <summary>Makes documents; groups take turns.</summary>
    /// <param name="documents">How many.</param>
    /// <param name="tokens">About how many tokens each has.</param>
    internal static IEnumerable<ScaleDocument> Make(int documents, int tokens) => Enumerable.Range(0, documents).Select(number =>
    {
        SynthDocument document = Write(number, tokens);
        return new ScaleDocument(document.Id, document.Group, document.Text, document.Facts[number % document.Facts.Count].Question);
    });

    private static SynthDocument Write(int number, int tokens)
    {
        int groups = SynthGenerator.Groups.Count;
        int perSeed = SynthGenerator.MaxDocuments * groups;
        return new SynthGenerator(FirstSeed + (number / perSeed)).Write(
            SynthGenerator.Groups[number % groups], number % perSeed / groups, tokens);
    }
}
