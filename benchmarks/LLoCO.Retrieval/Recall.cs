using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;

namespace LLoCO.Retrieval;

/// <summary>Counts the questions for which a right passage is among the first k.</summary>
internal static class Recall
{
    private const int Batch = 64;

    private const int Depth = 100;

    /// <summary>Measures one data set.</summary>
    /// <param name="set">The data set.</param>
    /// <param name="embedder">Computes the dense vectors.</param>
    /// <param name="limit">Most questions, spread evenly.</param>
    /// <returns>A row of the table.</returns>
    public static async Task<string> MeasureAsync(RecallSet set, IPassageEmbedder embedder, int limit)
    {
        await using var index = new InMemoryRetrievalIndex();
        foreach (RecallDocument document in set.Documents)
        {
            await index.PutAsync(await EmbedAsync(document, embedder).ConfigureAwait(false)).ConfigureAwait(false);
        }

        RecallQuestion[] questions = Spread(set.Questions, limit);
        var found = new int[8];
        foreach (RecallQuestion[] batch in questions.Chunk(Batch))
        {
            IReadOnlyList<ReadOnlyMemory<float>> vectors =
                await embedder.EmbedAsync([.. batch.Select(question => question.Text)]).ConfigureAwait(false);
            for (int i = 0; i < batch.Length; i++)
            {
                IReadOnlyList<PassageHit> words = await index.SearchAsync(new(batch[i].Text, batch[i].Group, Depth)).ConfigureAwait(false);
                IReadOnlyList<PassageHit> meaning =
                    await index.SearchAsync(new(string.Empty, batch[i].Group, Depth, vectors[i])).ConfigureAwait(false);
                IReadOnlyList<PassageHit> both =
                    await index.SearchAsync(new(batch[i].Text, batch[i].Group, 5, vectors[i])).ConfigureAwait(false);
                PassageHit[][] rankings = [[.. words.Take(5)], [.. meaning.Take(5)], [.. both], [.. JoinRanks(words, meaning).Take(5)]];
                for (int way = 0; way < rankings.Length; way++)
                {
                    found[2 * way] += IsRight(rankings[way].Take(1), batch[i]);
                    found[(2 * way) + 1] += IsRight(rankings[way], batch[i]);
                }
            }
        }

        string shares = string.Join(" | ", found.Select(count => Percent(count, questions.Length)));
        return $"| {set.Name} | {questions.Length} | {set.Documents.Sum(document => document.Passages.Count)} | {shares} |";
    }

    private static async Task<IndexedDocument> EmbedAsync(RecallDocument document, IPassageEmbedder embedder)
    {
        var passages = new List<Passage>();
        foreach ((int Start, int Length)[] batch in document.Passages.Chunk(Batch))
        {
            IReadOnlyList<ReadOnlyMemory<float>> vectors = await embedder.EmbedAsync(
                [.. batch.Select(one => document.Text.Substring(one.Start, one.Length).Trim())]).ConfigureAwait(false);
            passages.AddRange(batch.Zip(vectors, (one, vector) => new Passage(one.Start, one.Length, vector)));
        }

        // Retrieval reads text and vectors alone: the summary is one of nothing.
        var fingerprint = new ModelFingerprint("none", "none", 1, 1, "identity");
        SummaryEmbeddings summary = SummaryEmbeddings.FromVectors(
            document.Id, [0f], 1, SummaryEncoding.Float32, [new SegmentSummary(0, 0, 1, 0, 1)], fingerprint);
        return new IndexedDocument(
            document.Id, document.Group, ContentHash.OfText(document.Text), document.Text, 1, ["none"], passages, summary);
    }

    /// <summary>Reciprocal rank fusion (Cormack, Clarke and Buettcher, SIGIR 2009, k 60), for comparison.</summary>
    private static IEnumerable<PassageHit> JoinRanks(params IReadOnlyList<PassageHit>[] rankings) => rankings
        .SelectMany(ranking => ranking.Select((hit, rank) => (hit, Score: 1.0 / (61 + rank))))
        .GroupBy(one => (one.hit.DocumentId, one.hit.Start))
        .OrderByDescending(group => group.Sum(one => one.Score))
        .Select(group => group.First().hit);

    private static int IsRight(IEnumerable<PassageHit> hits, RecallQuestion question) =>
        hits.Any(hit => question.Right.Contains((hit.DocumentId, hit.Start))) ? 1 : 0;

    private static RecallQuestion[] Spread(IReadOnlyList<RecallQuestion> questions, int limit) => questions.Count <= limit
        ? [.. questions]
        : [.. Enumerable.Range(0, limit).Select(i => questions[(int)((long)i * questions.Count / limit)])];

    private static string Percent(int count, int of) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / of:F1} %");
}
