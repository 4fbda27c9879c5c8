using LLoCO.Core.Compression;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Families;
using LLoCO.Core.Index;
using LLoCO.Core.Model;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Trust;
using TorchSharp;

namespace LLoCO.Core.Tests.Fuzzing.Readers;

/// <summary>The readers of an index file and of kept prefixes.</summary>
internal static class IndexReaders
{
    private const string Index = "index.db";

    public static IReadOnlyList<ForeignReader> All { get; } =
    [
        new("sqlite-pages", OpenIndex, SqliteDamage.Pages),
        new("sqlite-rows", OpenIndex, SqliteDamage.Rows),
        new("prefix", OpenPrefix, TensorFileDamage.Header),
    ];

    private static OpenedReader OpenIndex(FuzzFolder folder)
    {
        string path = folder.PathOf(Index);
        Wait(FillAsync(path));
        byte[] seed = File.ReadAllBytes(path);
        int input = 0;
        return new(Index, [seed], _ =>
        {
            foreach (string suffix in (string[])["-wal", "-shm", "-journal"])
            {
                File.Delete(path + suffix);
            }

            SQLitePCL.raw.sqlite3_memory_highwater(1);
            try
            {
                Wait(ReadAsync(path, isReadOnly: input++ % 4 == 0, writes: input % 8 == 1));
            }
            finally
            {
                long bytes = SQLitePCL.raw.sqlite3_memory_highwater(0);
                Assert.True(bytes < 256L << 20, $"SQLite took {bytes} bytes");
            }
        });
    }

    private static async Task FillAsync(string path)
    {
        await using var index = SqliteRetrievalIndex.Open(path);
        IndexedDocument log = TestDocuments.Create(
            "log", "ship", "the captain saw a storm\nthe mayor saw 漢字\nthree", [0.5f, 1], [1, 0], [0, 1]);
        var fidelity = new DocumentFidelity(
            0.6, 0.5, 4, IsGiven: true, IsMarked: true, [.. Enumerable.Range(0, 3).Select(i => new SegmentFidelity(i, 0.2, 0.25, 1, -0.5, -3, -4))]);
        await index.PutAsync(log with { Fidelity = fidelity, Origin = "here" });
        await index.PutAsync(TestDocuments.Create("other", "town", "the storm came", [1f, 1]));
        await index.SaveCheckpointAsync(
            new IngestCheckpoint("half", "hash", TestDocuments.Hashes("half", 2), TestDocuments.Summary("half", 2, seed: 3)));
    }

    private static async Task ReadAsync(string path, bool isReadOnly, bool writes)
    {
        await using var index = SqliteRetrievalIndex.Open(path, new SqliteIndexOptions { ReadOnly = isReadOnly });
        var faults = new List<LlocoException>();
        await TryAsync(async () => await index.LoadFingerprintAsync());
        await TryAsync(async () => await TestDocuments.ToListAsync(index.ListAsync(), CancellationToken.None));
        foreach (string id in (string[])["log", "half"])
        {
            await TryAsync(async () => await index.FindAsync(id));
            await TryAsync(async () =>
            {
                if (await index.LoadSummaryAsync(id) is { } summary)
                {
                    SummaryPayload.Decode(summary);
                }
            });
            await TryAsync(async () => await index.LoadTextAsync(id));
            await TryAsync(async () => await ((IRetrievalIndex)index).LoadTokenHashesAsync(id));
            await TryAsync(async () => await ((IRetrievalIndex)index).LoadFidelityAsync(id));
            await TryAsync(async () => await index.FindCheckpointAsync(id));
        }

        await TryAsync(async () => await index.SearchAsync(new PassageQuery("captain storm 漢字", Limit: 5)));
        await TryAsync(async () => await index.SearchAsync(new PassageQuery("the", "ship", 5, new float[] { 1, 0.5f })));
        if (writes && !isReadOnly)
        {
            await TryAsync(async () => await index.DeleteAsync("other"));
            await TryAsync(async () => await index.PutAsync(TestDocuments.Create("log", "ship", "another\ntext", [1f, 0], [1, 1])));
        }

        if (faults.Count > 0)
        {
            throw faults[0];
        }

        // One call may be refused where another reads what is whole.
        async Task TryAsync(Func<Task> call)
        {
            try
            {
                await call();
            }
            catch (LlocoException fault)
            {
                faults.Add(fault);
            }
        }
    }

    private static OpenedReader OpenPrefix(FuzzFolder folder)
    {
        var model = new GoldenModel("b_gqa");
        folder.Own(new Ending(() => Wait(model.DisposeAsync().AsTask())));
        string path = Directory.CreateDirectory(folder.PathOf("prefixes")).FullName;
        var prefixes = new PrefixFolder(path, 1 << 22, model.Loaded.Fingerprint, model.Loaded.Model);
        var key = new PrefixKey(null, new string('a', 64)) { Count = 4 };
        Wait(model.Loaded.Worker.RunAsync(() =>
        {
            LlamaConfig config = model.Loaded.Config;
            using var cache = new KeyValueCache(config, 1, key.Count, model.Loaded.Model.Weights.Type, torch.CPU);
            for (int layer = 0; layer < config.Layers; layer++)
            {
                torch.Tensor numbers = torch.ones(1, config.KeyValueHeads, key.Count, config.HeadDimension);
                cache.Write(layer, numbers, numbers);
            }

            cache.Commit(key.Count);
            using PrefixKeyValues made = cache.Freeze();
            prefixes.Write(key, made);
        }, CancellationToken.None));
        string file = Directory.GetFiles(path).Single();
        return new(Path.Combine("prefixes", Path.GetFileName(file)), [File.ReadAllBytes(file)], _ =>
        {
            bool whole = false;
            Wait(model.Loaded.Worker.RunAsync(() =>
            {
                using PrefixKeyValues? read = prefixes.Read(key);
                whole = read is not null;
            }, CancellationToken.None));

            // It is as good as none then, and computed again.
            if (!whole)
            {
                throw new LlocoException("as good as none");
            }
        });
    }

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
