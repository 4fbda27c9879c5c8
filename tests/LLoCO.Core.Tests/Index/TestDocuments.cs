using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Core.Tests.Index;

/// <summary>Small documents whose every part is known.</summary>
internal static class TestDocuments
{
    public static readonly ModelFingerprint Fingerprint = new("model", "tokens", 8, 2, "identity");

    /// <summary>A document with one passage per line, one segment of 8 tokens and two vectors of width 2 per line.</summary>
    public static IndexedDocument Create(string id, string group, string text, params float[][] vectors)
    {
        var passages = new List<Passage>();
        int start = 0;
        foreach (string line in text.Split('\n'))
        {
            passages.Add(new Passage(start, line.Length, vectors.Length == 0 ? default : vectors[passages.Count]));
            start += line.Length + 1;
        }

        SummaryEmbeddings summary = Summary(id, passages.Count, id.Length);
        return new IndexedDocument(
            id, group, ContentHash.OfText(text), text, summary.RawTokens, Hashes(id, passages.Count), passages, summary);
    }

    /// <summary>Vector n of segment s is [seed + s, n + 0.1].</summary>
    public static SummaryEmbeddings Summary(string id, int segments, float seed, ModelFingerprint? fingerprint = null)
    {
        var values = new List<float>();
        for (int segment = 0; segment < segments; segment++)
        {
            values.AddRange([seed + segment, 0.1f, seed + segment, 1.1f]);
        }

        return new SummaryEmbeddings(
            id,
            2 * segments,
            2,
            SummaryEncoding.Float32,
            SummaryPayload.Encode(values.ToArray(), 2, SummaryEncoding.Float32),
            SegmentMap.FromCounts(Enumerable.Repeat((8, 2), segments)),
            fingerprint ?? Fingerprint);
    }

    public static string[] Hashes(string id, int segments) =>
        [.. Enumerable.Range(0, segments).Select(i => $"{id}-hash-{i}")];

    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        var list = new List<T>();
        await foreach (T item in items.WithCancellation(cancellationToken))
        {
            list.Add(item);
        }

        return list;
    }

    public static void AssertEqual(SummaryEmbeddings expected, SummaryEmbeddings? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.DocumentId, actual.DocumentId);
        Assert.Equal(expected.Count, actual.Count);
        Assert.Equal(expected.Width, actual.Width);
        Assert.Equal(expected.Encoding, actual.Encoding);
        Assert.Equal(expected.Payload.ToArray(), actual.Payload.ToArray());
        Assert.Equal(expected.Segments, actual.Segments);
        Assert.Equal(expected.Fingerprint, actual.Fingerprint);
    }
}
