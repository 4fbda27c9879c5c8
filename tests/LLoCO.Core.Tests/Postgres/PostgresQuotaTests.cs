using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Postgres;

namespace LLoCO.Core.Tests.Postgres;

/// <summary>Quotas that are counted in the database hold for all of its writers together.</summary>
public sealed class PostgresQuotaTests(SharedPostgres shared)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_ManyWritersAtOnce_KeepTogetherNoMoreThanTheQuota()
    {
        const int Limit = 13;
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        var options = new PostgresIndexOptions { Tenant = "red", MaxDocuments = Limit };
        int refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            // As on four machines: nothing is shared but the database.
            await using PostgresRetrievalIndex index = await database.OpenAsync(options);
            for (int i = 0; i < 8; i++)
            {
                try
                {
                    await index.PutAsync(TestDocuments.Create($"d{writer}-{i}", "g", $"word{i} rope"), Cancelled);
                }
                catch (PostgresQuotaException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }));

        Assert.Equal((4 * 8) - Limit, refused);
        Assert.Equal(Limit, await database.CountAsync("SELECT count(*) FROM lloco.documents WHERE tenant = 'red'"));
        await database.AssertConsistentAsync();

        // Another tenant has its own, what is there can be replaced, and room that is made can be used.
        await using PostgresRetrievalIndex blue = await database.OpenAsync(new PostgresIndexOptions { Tenant = "blue", MaxDocuments = 1 });
        await blue.PutAsync(TestDocuments.Create("own", "g", "tar"), Cancelled);
        await using PostgresRetrievalIndex red = await database.OpenAsync(options);
        DocumentRecord first = await red.ListAsync(null, Cancelled).FirstAsync(Cancelled);
        await red.PutAsync(TestDocuments.Create(first.Id, "g", "another text"), Cancelled);
        await Assert.ThrowsAsync<PostgresQuotaException>(async () => await red.PutAsync(TestDocuments.Create("more", "g", "tar"), Cancelled));
        await red.DeleteAsync(first.Id, Cancelled);
        await red.PutAsync(TestDocuments.Create("more", "g", "tar"), Cancelled);
    }

    [Fact]
    public async Task Put_MoreTokensOrBytesThanAllowed_IsRefusedAndChangesNothing()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);

        // Each line is a segment of 8 tokens, with 16 bytes of vectors.
        await using PostgresRetrievalIndex tokens = await database.OpenAsync(new PostgresIndexOptions { MaxTokens = 24 });
        await tokens.PutAsync(TestDocuments.Create("a", "g", "one\ntwo"), Cancelled);
        await tokens.PutAsync(TestDocuments.Create("b", "g", "one"), Cancelled);
        var error = await Assert.ThrowsAsync<PostgresQuotaException>(
            async () => await tokens.PutAsync(TestDocuments.Create("b", "g", "one\nmore"), Cancelled));
        Assert.Contains("may keep 24 tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains("would have 32", error.Message, StringComparison.Ordinal);
        Assert.Equal("one", await tokens.LoadTextAsync("b", Cancelled));

        await using PostgresRetrievalIndex bytes = await database.OpenAsync(new PostgresIndexOptions { MaxBytes = 7 + 3 + (3 * 16) + 5 + 16 });
        await bytes.PutAsync(TestDocuments.Create("c", "g", "three"), Cancelled);
        error = await Assert.ThrowsAsync<PostgresQuotaException>(
            async () => await bytes.PutAsync(TestDocuments.Create("c", "g", "three!"), Cancelled));
        Assert.Contains("would have 80", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PostgresQuotaException>(async () => await bytes.SaveCheckpointAsync(
            new IngestCheckpoint("long", "hash", ["h"], TestDocuments.Summary("long", 1, 7)), Cancelled));
        Assert.Null(await bytes.FindCheckpointAsync("long", Cancelled));
        await database.AssertConsistentAsync();
    }
}
