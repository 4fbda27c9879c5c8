using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Postgres;

namespace LLoCO.Core.Tests.Postgres;

/// <summary>Dense vectors through an HNSW index: filtered searches give as many passages as an exact search, and nearly the same.</summary>
public sealed class PostgresVectorTests(SharedPostgres shared)
{
    private const int Width = 24;
    private const int Documents = 60;
    private const int PassagesPerDocument = 25;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_ThroughTheGraph_GivesWhatAnExactSearchGives()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        await using PostgresRetrievalIndex exact = await database.OpenAsync();

        // So few vectors are compared one by one where the planner may choose; here it may not.
        await exact.FindAsync("none", Cancelled);
        foreach (string choice in (string[])["enable_seqscan", "enable_bitmapscan", "enable_sort"])
        {
            await database.SqlAsync($"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {choice} = off', current_database()); END $$");
        }

        await using PostgresRetrievalIndex near = await database.OpenAsync(new PostgresIndexOptions { ApproximateFrom = 1_000 });
        var random = new Random(7);
        for (int i = 0; i < Documents; i++)
        {
            // One document in sixty belongs to a group of its own.
            IndexedDocument document = Create(i, i == 31 ? "rare" : i % 2 == 0 ? "even" : "odd", random);
            await near.PutAsync(document, Cancelled);
        }

        Assert.Equal(1, await database.CountAsync(
            $"SELECT count(*) FROM pg_index WHERE indexrelid = 'lloco.passages_by_vector_{Width}'::regclass AND indisvalid"));
        int same = 0;
        int wanted = 0;
        foreach ((string? group, int limit) in ((string?, int)[])[(null, 5), ("even", 8), ("odd", 40), ("rare", 5), ("rare", 200)])
        {
            for (int question = 0; question < 5; question++)
            {
                var query = new PassageQuery("?", group, limit, Vector(random));
                IReadOnlyList<PassageHit> right = await exact.SearchAsync(query, Cancelled);
                IReadOnlyList<PassageHit> found = await near.SearchAsync(query, Cancelled);

                Assert.Equal(Math.Min(limit, group == "rare" ? PassagesPerDocument : limit), found.Count);
                Assert.All(found, hit => Assert.Equal(group ?? hit.Group, hit.Group));
                Assert.Equal(found.Count, found.Select(hit => (hit.DocumentId, hit.Start)).Distinct().Count());
                same += right.IntersectBy(found.Select(Place), Place).Count();
                wanted += right.Count;
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"recall of the graph: {same} of {wanted}");
        Assert.InRange((double)same / wanted, 0.95, 1);

        // A session reports what it did when it ends.
        await near.DisposeAsync();
        long scans = 0;
        for (int i = 0; i < 3000 && scans == 0; i++)
        {
            await Task.Delay(50, Cancelled);
            scans = await database.CountAsync($"SELECT pg_stat_get_numscans('lloco.passages_by_vector_{Width}'::regclass)");
        }

        Assert.InRange(scans, 1, long.MaxValue);
    }

    private static (string, int) Place(PassageHit hit) => (hit.DocumentId, hit.Start);

    private static IndexedDocument Create(int number, string group, Random random) => TestDocuments.Create(
        $"d{number}",
        group,
        string.Join('\n', Enumerable.Range(0, PassagesPerDocument).Select(line => $"line{line}")),
        [.. Enumerable.Range(0, PassagesPerDocument).Select(_ => Vector(random))]);

    private static float[] Vector(Random random) => [.. Enumerable.Range(0, Width).Select(_ => (float)(random.NextDouble() - 0.5))];
}
