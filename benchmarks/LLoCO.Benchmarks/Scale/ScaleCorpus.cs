using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;

namespace LLoCO.Benchmarks.Scale;

/// <summary>A document of a corpus, and a question that only it answers.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Group">Its group.</param>
/// <param name="Text">Its text.</param>
/// <param name="Question">The question.</param>
internal sealed record ScaleDocument(string Id, string Group, string Text, string Question);

/// <summary>Documents to fill an index with: made, or read from a file of JSON lines, which builds of other commits read as well.</summary>
/// <param name="documents">The documents; enumerated more than once.</param>
/// <param name="count">How many there are.</param>
internal sealed class ScaleCorpus(IEnumerable<ScaleDocument> documents, int count)
{
    /// <summary>Any fingerprint: retrieval does not look at summary vectors.</summary>
    private static readonly ModelFingerprint Fingerprint = new("model", "tokenizer", 512, 16, "identity");

    private readonly PassageSplitter _splitter = new();

    /// <summary>Takes documents from a file, which is written first where it is missing.</summary>
    /// <param name="file">The file, or <see langword="null"/> to make the documents each time.</param>
    /// <param name="make">Makes so many documents.</param>
    /// <param name="count">How many.</param>
    internal static ScaleCorpus Open(string? file, Func<int, IEnumerable<ScaleDocument>> make, int count)
    {
        if (file is null)
        {
            return new ScaleCorpus(make(count), count);
        }

        if (!File.Exists(file))
        {
            File.WriteAllLines(file + ".part", make(count).Select(one => JsonSerializer.Serialize(one)));
            File.Move(file + ".part", file);
        }

        return new ScaleCorpus(Enumerable.Repeat(file, 1).SelectMany(File.ReadLines).Take(count).Select(Read), count);
    }

    private static ScaleDocument Read(string line) => JsonSerializer.Deserialize<ScaleDocument>(line)!;

    /// <summary>Makes documents ready for an index, without summary vectors.</summary>
    /// <param name="from">Number of the first, from 0.</param>
    internal IEnumerable<IndexedDocument> From(int from) => documents.Skip(from).Select(document => new IndexedDocument(
        document.Id,
        document.Group,
        ContentHash.OfText(document.Text),
        document.Text,
        0,
        [],
        _splitter.Split(document.Text),
        new SummaryEmbeddings(document.Id, 0, 1, SummaryEncoding.BFloat16, default, [], Fingerprint)));

    /// <summary>Gives questions, each about one document.</summary>
    /// <param name="questions">How many, about documents that lie evenly over the corpus; at most as many as documents.</param>
    internal (string Text, string Document, string Group)[] Questions(int questions)
    {
        HashSet<int> asked = [.. Enumerable.Range(0, questions).Select(i => (int)((long)i * count / questions))];
        return [.. documents.Where((_, number) => asked.Contains(number)).Select(one => (one.Question, one.Id, one.Group))];
    }
}
