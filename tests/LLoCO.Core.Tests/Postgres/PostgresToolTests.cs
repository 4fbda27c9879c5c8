using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;
using LLoCO.Core.Trust;
using LLoCO.Postgres;

namespace LLoCO.Core.Tests.Postgres;

/// <summary>The command with indexes at an address, and copies between kinds of indexes.</summary>
public sealed class PostgresToolTests(SharedPostgres shared) : IDisposable
{
    private const string Password = "s3cret";
    private const int Documents = 120;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Copy_ToAServerAndBack_GivesEqualIndexes()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        string address = WithPassword(database);
        string from = await MakeFileAsync("from.db");

        ToolRun there = await ToolRun.OfAsync("copy", from, address, "--json");
        ToolRun again = await ToolRun.OfAsync("copy", from, address, "--verify", "--json");
        ToolRun back = await ToolRun.OfAsync("copy", address, _folder.PathOf("back.db"), "--verify");
        ToolRun list = await ToolRun.OfAsync("list", "--index", address, "--json");
        ToolRun show = await ToolRun.OfAsync("show", "d0", "--index", address, "--text");
        ToolRun inspect = await ToolRun.OfAsync("inspect", address);
        ToolRun remove = await ToolRun.OfAsync("remove", "d1", "--index", address);
        ToolRun misplaced = await ToolRun.OfAsync("list", address, "--index", address);

        Assert.All([there, again, back, list, show, inspect, remove], run => Assert.True(run.Code == 0, run.Error));
        Assert.Equal((Documents, Documents), (Number(there, "documents"), Number(there, "written")));
        Assert.Equal((Documents, 0), (Number(again, "documents"), Number(again, "written")));
        Assert.Equal($"{Documents} documents: {Documents} copied, 0 were there; all are equal on both sides\n", back.Output);
        Assert.Equal(Documents, list.Json.Count);
        Assert.Equal("d1: removed\n", remove.Output);
        Assert.Contains($"{Documents} documents", inspect.Output, StringComparison.Ordinal);
        Assert.Equal(2, misplaced.Code);
        Assert.All([there, again, back, list, show, inspect, remove, misplaced], run =>
            Assert.DoesNotContain(Password, run.Output + run.Error, StringComparison.Ordinal));
        await using var left = SqliteRetrievalIndex.Open(from);
        await using var right = SqliteRetrievalIndex.Open(_folder.PathOf("back.db"));
        await AssertEqualAsync(left, right);
    }

    [Fact]
    public async Task Copy_KilledInTheMiddle_GoesOnWhereItWas()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        string from = await MakeFileAsync("from.db");

        // However late the signal comes, it finds the command at work.
        await database.SqlAsync(
            """
            CREATE FUNCTION public.halt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (SELECT count(*) FROM lloco.documents) >= 40 THEN PERFORM pg_sleep(3600); END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER halt BEFORE INSERT ON lloco.documents FOR EACH ROW EXECUTE FUNCTION public.halt()
            """);
        (int code, string errors) = await KilledChild.RunAsync(["copy", from, database.Address], $"[20/{Documents}]", signal: 9);
        await database.EndSessionsAsync();
        await database.SqlAsync("DROP TRIGGER halt ON lloco.documents");
        long kept = await database.CountAsync("SELECT count(*) FROM lloco.documents");
        ToolRun rest = await ToolRun.OfAsync("copy", from, database.Address, "--json");

        Assert.NotEqual(0, code);
        Assert.Contains("[20/", errors, StringComparison.Ordinal);
        Assert.InRange(kept, 20, 40);
        Assert.Equal((Documents, Documents - kept), (Number(rest, "documents"), Number(rest, "written")));
        await using var left = SqliteRetrievalIndex.Open(from);
        await using PostgresRetrievalIndex right = await database.OpenAsync();
        await AssertEqualAsync(left, right);
        await database.AssertConsistentAsync();
    }

    [Fact]
    public async Task CompressAndAsk_AtAnAddress_AnswerAsWithAFile()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        string address = WithPassword(database);
        string file = _folder.PathOf("i.db");
        File.WriteAllText(_folder.PathOf("log.txt"), "The captain of the Heron is Ada Marsh. She lives in Lisbon. The mast broke in a storm.");
        const string Question = "Who is captain of the Heron?";

        ToolRun missing = await ToolRun.OfAsync("ask", Question, "--index", address.Replace("lloco:", "nobody:", StringComparison.Ordinal));
        ToolRun[] runs =
        [
            await ToolRun.OfAsync("compress", _folder.PathOf("log.txt"), "--index", address, "--json"),
            await ToolRun.OfAsync("compress", _folder.PathOf("log.txt"), "--index", file, "--json"),
            await ToolRun.OfAsync("ask", Question, "--index", address, "--json"),
            await ToolRun.OfAsync("ask", Question, "--index", file, "--json"),
        ];

        Assert.Equal(1, missing.Code);
        Assert.All(runs, run => Assert.True(run.Code == 0, run.Error));
        Assert.Equal(
            runs[3].Json[0].GetProperty("answer").GetString(), runs[2].Json[0].GetProperty("answer").GetString());
        Assert.All([missing, .. runs], run => Assert.DoesNotContain(Password, run.Output + run.Error, StringComparison.Ordinal));
        await using var left = SqliteRetrievalIndex.Open(file);
        await using PostgresRetrievalIndex right = await database.OpenAsync();
        await AssertEqualAsync(left, right);
    }

    private static string WithPassword(PostgresDatabase database) =>
        database.Address.Replace("lloco@", $"lloco:{Password}@", StringComparison.Ordinal);

    private static int Number(ToolRun run, string name) => run.Json[^1].GetProperty(name).GetInt32();

    private async Task<string> MakeFileAsync(string name)
    {
        string file = _folder.PathOf(name);
        await using var index = SqliteRetrievalIndex.Open(file);
        var random = new Random(3);
        for (int i = 0; i < Documents; i++)
        {
            IndexedDocument document = TestDocuments.Create(
                $"d{i}", $"group {i % 3}", $"captain{i} sailed\nin a\0 storm \ud83d of {i}", Vector(random), Vector(random));
            SegmentFidelity[] segments = [new(0, 0.2, 0.25, 1, -0.5, -3, -4), new(1, 0.75, 1, 3, -0.25, -0.5, -6)];
            await index.PutAsync(
                document with
                {
                    Fidelity = i % 2 == 0 ? new DocumentFidelity(0.6, 0.5, 4, IsGiven: true, IsMarked: true, segments) : null,
                    Familiarity = i % 5 == 0
                        ? new DocumentFamiliarity(1.5, null) { Unknown = new Dictionary<string, double> { ["ship"] = 0.1 * (i % 7) } }
                        : null,
                    Origin = i % 4 == 0 ? $"origin{i}" : null,
                },
                Cancelled);
        }

        return file;
    }

    private static float[] Vector(Random random) => [.. Enumerable.Range(0, 16).Select(_ => (float)(random.NextDouble() - 0.5))];

    /// <summary>Everything that both give out, byte by byte, independently of what the copy itself compares.</summary>
    private static async Task AssertEqualAsync(IRetrievalIndex left, IRetrievalIndex right)
    {
        List<DocumentRecord> records = await TestDocuments.ToListAsync(left.ListAsync(null, Cancelled), Cancelled);
        Assert.NotEmpty(records);
        Assert.Equal(records, await TestDocuments.ToListAsync(right.ListAsync(null, Cancelled), Cancelled));
        foreach (string id in records.Select(record => record.Id))
        {
            SummaryEmbeddings summary = (await left.LoadSummaryAsync(id, Cancelled))!;
            TestDocuments.AssertEqual(summary, await right.LoadSummaryAsync(id, Cancelled));
            Assert.Equal(await left.LoadTextAsync(id, Cancelled), await right.LoadTextAsync(id, Cancelled));
            Assert.Equal(await left.LoadTokenHashesAsync(id, Cancelled), await right.LoadTokenHashesAsync(id, Cancelled));
            Assert.Equal(Figures(await left.LoadFidelityAsync(id, Cancelled)), Figures(await right.LoadFidelityAsync(id, Cancelled)));
            Assert.Equal(Figures(await left.LoadFamiliarityAsync(id, Cancelled)), Figures(await right.LoadFamiliarityAsync(id, Cancelled)));
            Assert.Equal(
                (await left.LoadPassagesAsync(id, Cancelled))!.Select(Figures), (await right.LoadPassagesAsync(id, Cancelled))!.Select(Figures));
        }
    }

    private static string Figures(object? value) => System.Text.Json.JsonSerializer.Serialize(value);

    private static string Figures(Passage passage) => $"{passage.Start} {passage.Length} {Convert.ToHexString(
        System.Runtime.InteropServices.MemoryMarshal.AsBytes(passage.Vector.Span))}";
}
