using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;
using LLoCO.Models.Tiny;
using LLoCO.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LLoCO.Core.Tests.Postgres;

/// <summary>Groups of an index at an address, and a host whose configuration names one.</summary>
public sealed class PostgresUseTests(SharedPostgres shared) : IDisposable
{
    private static readonly string[] Kinds =
    [
        "captain storm sail anchor mast harbour deck watch rope tide", "mayor market council street baker bell gate fair rent house",
    ];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Group_Apply_MovesTheSameDocumentsAsInAFile()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        string file = _folder.PathOf("notes.db");
        await using (var index = SqliteRetrievalIndex.Open(file))
        await using (PostgresRetrievalIndex there = await database.OpenAsync())
        {
            for (int i = 0; i < 8; i++)
            {
                string[] words = Kinds[i % 2].Split(' ');
                new Random(i).Shuffle(words);
                IndexedDocument document = TestDocuments.Create($"d{i}", "default", $"The {string.Join(" the ", words.Take(8))}.", [1f, i], [0f, 1f]);
                await index.PutAsync(document, Cancelled);
                await there.PutAsync(document, Cancelled);
            }
        }

        ToolRun plan = await ToolRun.OfAsync("group", "--index", database.Address, "--json");
        ToolRun applied = await ToolRun.OfAsync("group", "--index", database.Address, "--apply");
        ToolRun own = await ToolRun.OfAsync("group", "--index", file, "--apply");
        ToolRun moved = await ToolRun.OfAsync("list", "--index", database.Address, "--json");
        ToolRun expected = await ToolRun.OfAsync("list", "--index", file, "--json");

        Assert.All([plan, applied, own, moved, expected], run => Assert.True(run.Code == 0, run.Error));
        Assert.Equal("8 documents moved.\n", applied.Error);
        Assert.Equal(own.Output, applied.Output);
        Assert.Equal(expected.Output, moved.Output);
        Assert.Equal(2, moved.Json.Select(line => line.GetProperty("group").GetString()).Distinct().Count());
        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM lloco.passages p JOIN lloco.documents d ON d.key = p.owner WHERE p.\"group\" <> d.\"group\""));
        await database.AssertConsistentAsync();
    }

    [Fact]
    public async Task Host_WhoseConfigurationNamesAnAddress_KeepsItsDocumentsThere()
    {
        await using PostgresDatabase database = await PostgresDatabase.CreateAsync(shared);
        using (IHost host = Build(database.Address + "?tenant=red"))
        {
            await host.StartAsync(Cancelled);
            LlocoPipeline pipeline = host.Services.GetRequiredService<LlocoPipeline>();
            await foreach (IngestResult result in pipeline.IngestAsync([new SourceDocument("log", "The mast broke.", "ship")], null, Cancelled))
            {
                result.EnsureSuccess();
            }

            Assert.IsType<PostgresRetrievalIndex>(pipeline.Index);
            Assert.Equal("log", (await pipeline.AskAsync("What broke?", null, Cancelled)).Sources[0].DocumentId);
            await host.StopAsync(Cancelled);
        }

        Assert.Equal("red", await database.SqlAsync("SELECT tenant FROM lloco.documents WHERE id = 'log'"));

        // A server that is away: the configuration is right, so that the host starts, and the first use says what is wrong.
        using IHost lost = Build("postgres://lloco@127.0.0.1:1/notes");
        await lost.StartAsync(Cancelled);
        LlocoException error = Assert.ThrowsAny<LlocoException>(() => lost.Services.GetRequiredService<LlocoPipeline>());
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_WithoutTheKindOfIndex_IsRefusedAtItsStart()
    {
        using IHost host = Build("postgres://lloco@127.0.0.1:1/notes", adds: false);

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancelled));

        Assert.Contains("AddPostgresIndexes", error.Message, StringComparison.Ordinal);
    }

    private static IHost Build(string address, bool adds = true)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new KeyValuePair<string, string?>("Lloco:Index", address)]);
        builder.Services.AddLloco(builder.Configuration.GetSection("Lloco"), (_, lloco) =>
        {
            lloco.UseTinyModel();
            if (adds)
            {
                lloco.AddPostgresIndexes(new PostgresIndexOptions { RetryFor = TimeSpan.Zero });
            }
        });
        return builder.Build();
    }
}
