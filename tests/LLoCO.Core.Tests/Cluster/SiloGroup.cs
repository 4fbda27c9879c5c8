using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Orleans;
using LLoCO.Postgres;
using LLoCO.Tool;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>Where silos keep what they share, if not in files.</summary>
/// <param name="Index">The address of the index.</param>
/// <param name="Database">The address of the table of silos.</param>
internal sealed record SiloPlaces(string? Index = null, string? Database = null);

/// <summary>Silos as processes, a client in this one, and documents.</summary>
internal sealed class SiloGroup : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SiloPlaces _places;
    private readonly string[] _more;
    private IHost? _client;

    public SiloGroup(int silos, params string[] more)
        : this(silos, new SiloPlaces(), more)
    {
    }

    public SiloGroup(int silos, SiloPlaces places, params string[] more)
    {
        (_places, _more) = (places, [.. places.Database is { } database ? (string[])["--database", database] : [], .. more]);
        Silos = [.. Enumerable.Range(0, silos).Select(_ => Start())];
    }

    public SiloProcess[] Silos { get; set; }

    public string Documents => PathOf("documents");

    public LlocoCluster Cluster => _client!.Services.GetRequiredService<LlocoCluster>();

    private string Index => _places.Index ?? _folder.PathOf("shared.db");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string PathOf(string name) => _folder.PathOf(name);

    public SiloProcess Start(params string[] more) => StartBy([], more);

    /// <summary>Starts a silo by another program.</summary>
    public SiloProcess StartBy(string[] starter, params string[] more) =>
        SiloProcess.Start(starter, _folder.PathOf("shared"), Index, [.. _more, .. more]);

    /// <summary>Starts a silo of another build.</summary>
    /// <param name="tool">Its command's assembly.</param>
    public SiloProcess StartOf(string tool) => SiloProcess.StartTool(tool, [], _folder.PathOf("shared"), Index, _more);

    /// <summary>Connects, and waits until all silos work.</summary>
    public async Task ConnectAsync()
    {
        await Task.WhenAll(Silos.Select(silo => silo.Ready));
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.AddLlocoCluster(new ClusterOptions { Folder = _folder.PathOf("shared"), Database = _places.Database });
        _client = builder.Build();
        await LlocoCluster.ConnectAsync(_client, TimeSpan.FromMinutes(1), Token);
    }

    /// <summary>Writes documents of some segments of the embedded model.</summary>
    public JobDocument[] Write(int count, int sentences)
    {
        Directory.CreateDirectory(Documents);
        return
        [
            .. Enumerable.Range(0, count).Select(document =>
            {
                string path = Path.Combine(Documents, $"d{document:D3}.txt");
                File.WriteAllText(path, string.Concat(Enumerable.Range(0, sentences + (document % 7)).Select(
                    day => $"On day {day} the captain of ship {document} saw {(day * 7) + document} whales. ")));
                return new JobDocument(Path.GetFileName(path), path);
            }),
        ];
    }

    /// <summary>Compresses the documents in one process with as many threads as a silo has: with another number, a few vectors differ in
    /// their last bit.</summary>
    /// <returns>The index.</returns>
    public async Task<string> CompressAloneAsync()
    {
        string whole = PathOf("whole.db");
        (int code, string output, string errors) = await ChildProcess.RunAsync(
            PathOf("."), SiloProcess.Threads, ChildProcess.DotNet, typeof(LlocoTool).Assembly.Location, "compress", Documents, "--index", whole);
        Assert.True(code == 0, output + errors);
        return whole;
    }

    /// <summary>Waits until a job has ended.</summary>
    public async Task<JobStatus> EndAsync(string job, TimeSpan longest)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(longest);
        JobStatus? last = null;
        await foreach (JobStatus status in Cluster.WatchAsync(job, limit.Token))
        {
            last = status;
        }

        return last!;
    }

    /// <summary>Compares the shared index with one that a single process made of the same documents.</summary>
    /// <param name="whole">That index.</param>
    /// <param name="others">Documents that only the shared index has.</param>
    public async Task AssertEqualAsync(string whole, Func<string, bool>? others = null)
    {
        await using IRetrievalIndex expected = SqliteRetrievalIndex.Open(whole);
        await using IRetrievalIndex found = PostgresAddress.IsAddress(Index)
            ? await PostgresRetrievalIndex.OpenAsync(Index, cancellationToken: Token)
            : SqliteRetrievalIndex.Open(Index);
        List<DocumentRecord> all = await TestDocuments.ToListAsync(expected.ListAsync(null, Token), Token);
        List<DocumentRecord> there = await TestDocuments.ToListAsync(found.ListAsync(null, Token), Token);
        Assert.Equal(all, there.Where(record => others?.Invoke(record.Id) != true));
        foreach (DocumentRecord record in all)
        {
            TestDocuments.AssertEqual(
                (await expected.LoadSummaryAsync(record.Id, Token))!, await found.LoadSummaryAsync(record.Id, Token));
            Assert.Equal(await expected.LoadTextAsync(record.Id, Token), await found.LoadTextAsync(record.Id, Token));
            Assert.Equal(await expected.LoadTokenHashesAsync(record.Id, Token), await found.LoadTokenHashesAsync(record.Id, Token));
            Assert.Equal(
                (await expected.LoadPassagesAsync(record.Id, Token))!.Select(one => (one.Start, one.Length)),
                (await found.LoadPassagesAsync(record.Id, Token))!.Select(one => (one.Start, one.Length)));
            Assert.Null(await found.FindCheckpointAsync(record.Id, Token));
        }

        string segments = Path.Combine(_folder.PathOf("shared"), "segments");
        Assert.Empty(Directory.Exists(segments) ? Directory.GetFiles(segments, "*.segments") : []);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SiloProcess silo in Silos)
        {
            await silo.DisposeAsync();
        }

        if (_client is not null)
        {
            await _client.StopAsync(CancellationToken.None);
            _client.Dispose();
        }

        _folder.Dispose();
    }
}
