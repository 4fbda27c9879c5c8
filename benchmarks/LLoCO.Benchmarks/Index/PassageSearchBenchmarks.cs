using BenchmarkDotNet.Attributes;
using LLoCO.Core.Index;

namespace LLoCO.Benchmarks.Index;

/// <summary>One BM25 search: the index file on disk, and the index that holds all passages in memory.</summary>
[MemoryDiagnoser]
public class PassageSearchBenchmarks
{
    private const int PassagesPerDocument = 50;
    private const int Questions = 16;
    private const int Limit = 8;

    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-bench-").FullName;
    private IRetrievalIndex? _file;
    private IRetrievalIndex? _memory;
    private PassageQuery[] _queries = [];
    private int _next;

    /// <summary>Passages in the index.</summary>
    [Params(1_000, 10_000)]
    public int Passages { get; set; }

    /// <summary>Fills both indexes with the same documents, and makes sure that they find the same passages.</summary>
    [GlobalSetup]
    public async Task FillAsync()
    {
        _file = SqliteRetrievalIndex.Open(Path.Combine(_folder, $"{Passages}.db"));
        _memory = new InMemoryRetrievalIndex();
        var documents = new GeneratedDocuments(seed: 1);
        await _file.BindAsync(GeneratedDocuments.Fingerprint);
        await _memory.BindAsync(GeneratedDocuments.Fingerprint);
        for (int document = 0; document < Passages / PassagesPerDocument; document++)
        {
            IndexedDocument next = documents.Next($"document {document}", PassagesPerDocument);
            await _file.PutAsync(next);
            await _memory.PutAsync(next);
        }

        _queries = [.. Enumerable.Range(0, Questions).Select(_ => new PassageQuery(documents.Question(words: 8), Limit: Limit))];
        foreach (PassageQuery query in _queries)
        {
            IReadOnlyList<PassageHit> fromFile = await _file.SearchAsync(query);
            IReadOnlyList<PassageHit> fromMemory = await _memory.SearchAsync(query);
            if (fromFile.Count == 0 || !fromFile.Select(Key).SequenceEqual(fromMemory.Select(Key)))
            {
                throw new InvalidOperationException($"The two indexes disagree about '{query.Text}'.");
            }
        }
    }

    /// <summary>Closes both indexes and removes the file.</summary>
    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _file!.DisposeAsync();
        await _memory!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>SQLite's FTS5.</summary>
    [Benchmark(Baseline = true)]
    public async Task<int> SqliteFile() => (await _file!.SearchAsync(Next())).Count;

    /// <summary>The library's own postings.</summary>
    [Benchmark]
    public async Task<int> InMemory() => (await _memory!.SearchAsync(Next())).Count;

    private PassageQuery Next() => _queries[_next++ % Questions];

    private static (string Document, int Start) Key(PassageHit hit) => (hit.DocumentId, hit.Start);
}
