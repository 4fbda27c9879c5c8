using LLoCO.Core.Numerics;
using LLoCO.Evaluation.DataSets;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Evaluation.Needles;

/// <summary>Gives the sentences among which needles are hidden.</summary>
public interface IHaystack
{
    /// <summary>Gets sentences without end, or as many as there are.</summary>
    /// <param name="random">Chooses them.</param>
    /// <returns>The sentences, composed lazily.</returns>
    IEnumerable<string> Sentences(SeededRandom random);
}

/// <summary>The prose of a group of the practice corpus, which names no person.</summary>
/// <param name="group">One of <see cref="SynthGenerator.Groups"/>.</param>
public sealed class SynthHaystack(string group) : IHaystack
{
    /// <inheritdoc/>
    public IEnumerable<string> Sentences(SeededRandom random)
    {
        SynthGroup kind = SynthGroup.Named(group);
        yield return random.Pick(kind.Titles).Replace("{T}", random.Pick(SynthLexicon.Surnames), StringComparison.Ordinal);
        for (int entry = 1; ; entry++)
        {
            // About as often as in a document of the corpus a sentence opens an entry.
            string heading = $"\n{kind.Heading} {entry}. ";
            for (int sentence = 0; sentence == 0 || random.Next(6) != 0; sentence++)
            {
                yield return (sentence == 0 ? heading : string.Empty) + SynthProse.Sentence(kind, random);
            }
        }
    }
}

/// <summary>Books, from a random sentence of a random one on.</summary>
/// <param name="books">Their text files; at least one.</param>
public sealed class BookHaystack(IReadOnlyList<string> books) : IHaystack
{
    /// <inheritdoc/>
    public IEnumerable<string> Sentences(SeededRandom random)
    {
        int first = random.Next(books.Count);
        for (int turn = 0; turn < books.Count; turn++)
        {
            IReadOnlyList<string> sentences = BookFiles.Sentences(books[(first + turn) % books.Count]);
            for (int i = turn == 0 && sentences.Count > 0 ? random.Next(sentences.Count) : 0; i < sentences.Count; i++)
            {
                yield return sentences[i];
            }
        }
    }
}
