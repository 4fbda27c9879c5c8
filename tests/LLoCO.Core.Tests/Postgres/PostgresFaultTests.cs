using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Postgres;

namespace LLoCO.Core.Tests.Postgres;

/// <summary>Connections that are killed, a server that goes away and comes back, and several writers: nothing is lost, nothing is there
/// twice.</summary>
public sealed class PostgresFaultTests(SharedPostgres shared)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_WhileConnectionsAreKilled_LosesNothingAndDoublesNothing()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        await using PostgresRetrievalIndex index = await database.OpenAsync(new PostgresIndexOptions { RetryFor = TimeSpan.FromMinutes(5) });
        using var done = new CancellationTokenSource();
        int written = 0;
        int killed = 0;
        Task killer = KillAsync(database, () => Volatile.Read(ref written), count => Interlocked.Add(ref killed, count), done.Token);

        var expected = new InMemoryRetrievalIndex();
        for (int i = 0; i < 60 || (Volatile.Read(ref killed) < 3 && !killer.IsCompleted); i++)
        {
            // Every third one replaces an earlier one; every tenth is removed again.
            IndexedDocument document = PostgresDatabase.Document(i % 3 == 2 ? i - 2 : i, more: $" again{i}");
            await index.PutAsync(document, Cancelled);
            await expected.PutAsync(document, Cancelled);
            Interlocked.Increment(ref written);
            if (i % 10 == 9)
            {
                Assert.True(await index.DeleteAsync(document.Id, Cancelled));
                await expected.DeleteAsync(document.Id, Cancelled);
            }
        }

        await done.CancelAsync();
        await killer;
        Assert.InRange(killed, 3, int.MaxValue);
        await AssertEqualAsync(expected, index);
        await database.AssertConsistentAsync();
    }

    [Fact]
    public async Task Put_WhileTheServerRestarts_GoesOnWhereItWas()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        var database = new PostgresDatabase(server, await server.CreateIndexAsync());
        await using PostgresRetrievalIndex index = await database.OpenAsync(new PostgresIndexOptions { RetryFor = TimeSpan.FromMinutes(5) });
        var expected = new InMemoryRetrievalIndex();
        Task restart = Task.CompletedTask;
        for (int i = 0; i < 30; i++)
        {
            if (i == 10)
            {
                restart = RestartAsync(server);
            }

            await index.PutAsync(PostgresDatabase.Document(i), Cancelled);
            await expected.PutAsync(PostgresDatabase.Document(i), Cancelled);
        }

        await restart;
        await AssertEqualAsync(expected, index);
        await database.AssertConsistentAsync();
    }

    [Fact]
    public async Task Find_ServerThatStaysAway_IsAnErrorAfterTheTimeAllowed()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        var database = new PostgresDatabase(server, await server.CreateIndexAsync());
        await using PostgresRetrievalIndex index = await database.OpenAsync(new PostgresIndexOptions { RetryFor = TimeSpan.FromSeconds(1) });
        await server.StopAsync();

        var error = await Assert.ThrowsAsync<PostgresUnavailableException>(async () => await index.FindAsync("d1", Cancelled));

        Assert.Contains($"127.0.0.1:{server.Port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_SeveralWriters_EachDocumentIsThereOnce()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        var expected = new InMemoryRetrievalIndex();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            await using PostgresRetrievalIndex index = await database.OpenAsync(new PostgresIndexOptions { RetryFor = TimeSpan.Zero });
            for (int i = 0; i < 12; i++)
            {
                // Half of the documents are written by all four.
                int number = i % 2 == 0 ? i : (100 * (writer + 1)) + i;
                await index.SaveCheckpointAsync(
                    new IngestCheckpoint($"d{number}", "hash", [$"d{number}-hash-0"], TestDocuments.Summary($"d{number}", 1, 7)), Cancelled);
                await index.PutAsync(PostgresDatabase.Document(number), Cancelled);
                lock (expected)
                {
                    expected.PutAsync(PostgresDatabase.Document(number), Cancelled).AsTask().Wait(Cancelled);
                }
            }
        })));

        await using PostgresRetrievalIndex all = await database.OpenAsync();
        await AssertEqualAsync(expected, all);
        await database.AssertConsistentAsync();
        Assert.Equal(6 + (4 * 6), await database.CountAsync("SELECT count(*) FROM lloco.documents"));
    }

    /// <summary>Kills all connections at some moment of a call, then lets one call through, and so on.</summary>
    private static async Task KillAsync(PostgresDatabase database, Func<int> written, Action<int> killed, CancellationToken done)
    {
        var random = new Random(5);
        while (!done.IsCancellationRequested)
        {
            killed((int)await database.CountAsync(
                """
                SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE application_name = 'LLoCO' AND datname = current_database()
                """));
            for (int before = written(); written() == before && !done.IsCancellationRequested;)
            {
                await Task.Delay(1, CancellationToken.None);
            }

            await Task.Delay(random.Next(30), CancellationToken.None);
        }
    }

    private static async Task RestartAsync(PostgresServer server)
    {
        await server.StopAsync();
        await Task.Delay(500, Cancelled);
        await server.StartAgainAsync();
    }

    private static async Task AssertEqualAsync(IRetrievalIndex expected, IRetrievalIndex actual)
    {
        List<DocumentRecord> records = await TestDocuments.ToListAsync(expected.ListAsync(null, Cancelled), Cancelled);
        Assert.Equal(records, await TestDocuments.ToListAsync(actual.ListAsync(null, Cancelled), Cancelled));
        foreach (DocumentRecord record in records)
        {
            Assert.Equal(await expected.LoadTextAsync(record.Id, Cancelled), await actual.LoadTextAsync(record.Id, Cancelled));
            TestDocuments.AssertEqual(
                (await expected.LoadSummaryAsync(record.Id, Cancelled))!, await actual.LoadSummaryAsync(record.Id, Cancelled));
        }

        var question = new PassageQuery("which captain sailed from harbour3 to town1", Limit: 10);
        IReadOnlyList<PassageHit> hits = await expected.SearchAsync(question, Cancelled);
        IReadOnlyList<PassageHit> found = await actual.SearchAsync(question, Cancelled);
        Assert.Equal(hits.Select(hit => (hit.DocumentId, hit.Start)), found.Select(hit => (hit.DocumentId, hit.Start)));
        Assert.All(hits.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-9));
    }
}
