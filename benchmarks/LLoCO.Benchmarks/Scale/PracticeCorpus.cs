using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Benchmarks.Scale;

/// <summary>Distinct practice documents of many seeds, and questions that only one of them answers.</summary>
/// <param name="documents">How many.</param>
/// <param name="tokens">About how many tokens each has.</param>
internal sealed class PracticeCorpus(int documents, int tokens)
{
    private const int FirstSeed = 100;

    /// <summary>Any fingerprint: retrieval does not look at summary vectors.</summary>
    private static readonly ModelFingerprint Fingerprint = new("model", "tokenizer", 512, 16, "identity");

    private readonly PassageSplitter _splitter = new();

    /// <summary>Makes a document ready for an index, without summary vectors.</summary>
    /// <param name="number">From 0; groups take turns.</param>
    internal IndexedDocument Document(int number)
    {
        SynthDocument document = Write(number);
        var summary = new SummaryEmbeddings(document.Id, 0, 1, SummaryEncoding.BFloat16, default, [], Fingerprint);
        return new IndexedDocument(
            document.Id, document.Group, ContentHash.OfText(document.Text), document.Text, 0, [], _splitter.Split(document.Text),
            summary);
    }

    /// <summary>Makes questions, each about a fact of one document.</summary>
    /// <param name="count">How many, of documents that lie evenly over the corpus.</param>
    internal IEnumerable<(string Text, string Document, string Group)> Questions(int count)
    {
        for (int i = 0; i < count; i++)
        {
            SynthDocument document = Write((int)((long)i * documents / count));
            yield return (document.Facts[i % document.Facts.Count].Question, document.Id, document.Group);
        }
    }

    private SynthDocument Write(int number)
    {
        int groups = SynthGenerator.Groups.Count;
        int perSeed = SynthGenerator.MaxDocuments * groups;
        return new SynthGenerator(FirstSeed + (number / perSeed)).Write(
            SynthGenerator.Groups[number % groups], number % perSeed / groups, tokens);
    }
}
