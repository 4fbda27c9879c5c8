using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Orleans;
using LLoCO.Orleans.Membership;
using LLoCO.Orleans.Storage;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

public sealed class SharedFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Checkpoint_IsReadBackWithEveryBit()
    {
        var store = new FolderCheckpointStore(_folder.PathOf("segments"));
        Assert.Null(await store.FindAsync("../a/b", Token));
        await store.RemoveAsync("../a/b", Token);
        var saved = new IngestCheckpoint("../a/b", "hash", ["h1", "h2"], TestDocuments.Summary("../a/b", 2, 0.3f));
        await store.SaveAsync(saved with { TokenHashes = ["h1"], Summary = TestDocuments.Summary("../a/b", 1, 0.3f) }, Token);
        await store.SaveAsync(saved, Token);

        IngestCheckpoint? found = await store.FindAsync("../a/b", Token);

        TestDocuments.AssertEqual(saved.Summary, found!.Summary);
        Assert.Equal(("hash", "h1 h2"), (found.ContentHash, string.Join(' ', found.TokenHashes)));
        Assert.Single(Directory.GetFiles(_folder.PathOf("segments")));
        await store.RemoveAsync("../a/b", Token);
        Assert.Null(await store.FindAsync("../a/b", Token));
    }

    [Fact]
    public async Task Checkpoint_DamagedAtAnyByte_IsNone()
    {
        var store = new FolderCheckpointStore(_folder.PathOf("segments"));
        await store.SaveAsync(new IngestCheckpoint("a", "hash", ["h1"], TestDocuments.Summary("a", 1, 1)), Token);
        string file = Assert.Single(Directory.GetFiles(_folder.PathOf("segments")));
        byte[] whole = await File.ReadAllBytesAsync(file, Token);
        for (int i = 0; i < whole.Length; i += 7)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 4;
            await File.WriteAllBytesAsync(file, damaged, Token);
            Assert.Null(await store.FindAsync("a", Token));
            await File.WriteAllBytesAsync(file, whole[..i], Token);
            Assert.Null(await store.FindAsync("a", Token));
        }

        await File.WriteAllBytesAsync(file, whole, Token);
        Assert.NotNull(await store.FindAsync("a", Token));
    }

    [Fact]
    public void TryCreate_ManyAtOnce_OneSucceeds()
    {
        for (int round = 0; round < 20; round++)
        {
            string path = _folder.PathOf($"file{round}");
            int created = 0;
            Parallel.For(0, 8, i => Interlocked.Add(ref created, SharedFile.TryCreate(path, [(byte)i]) ? 1 : 0));

            Assert.Equal(1, created);
            Assert.Single(SharedFile.Find(path)!);
        }

        Assert.Equal(20, Directory.GetFiles(_folder.PathOf(".")).Length);
    }

    [Fact]
    public async Task JobStore_LineThatWasCutOff_IsPassedOver()
    {
        var store = new FolderJobStore(_folder.PathOf("jobs"));
        (int first, IReadOnlyList<string> none) = await store.OpenAsync("job-1", Token);
        await store.AppendAsync("job-1", first, ["one", "two"], Token);
        (int second, IReadOnlyList<string> two) = await store.OpenAsync("job-1", Token);
        await store.AppendAsync("job-1", second, ["four"], Token);
        await store.AppendAsync("job-1", first, ["three"], Token);
        string file = Directory.GetFiles(_folder.PathOf("jobs/job-1")).Order().First();
        await File.AppendAllTextAsync(file, "0123456789abcdef fi", Token);

        Assert.Empty(none);
        Assert.Equal(["one", "two"], two);
        Assert.True(second > first);
        Assert.False(await store.IsLastAsync("job-1", first, Token));
        Assert.True(await store.IsLastAsync("job-1", second, Token));
        Assert.Equal(["one", "two", "three", "four"], await store.ReadAsync("job-1", Token));
        await store.MarkAsync("job-1", isClosed: true, Token);
        Assert.Empty(await store.ListOpenAsync(Token));
        Assert.Equal(["job-1"], await store.ListAsync(Token));
        await Assert.ThrowsAsync<LlocoException>(() => store.OpenAsync("../job", Token).AsTask());
    }

    /// <summary>A member that an interface answers by itself would hide what the shared index knows.</summary>
    [Fact]
    public void ClusterIndex_HandsEveryCallOn() => Assert.All(
        typeof(ClusterIndex).GetInterfaceMap(typeof(IRetrievalIndex)).TargetMethods,
        method => Assert.True(method.DeclaringType == typeof(ClusterIndex), method.Name));

    /// <summary>Many silos write the table at the same time: each change is there once, and of two that build on one version one is
    /// refused.</summary>
    [Fact]
    public async Task MembershipTable_SilosThatWriteAtOnce_LoseNothing()
    {
        var table = new FolderMembershipTable(new MemberFolder(_folder.PathOf("silos")));
        await table.InitializeMembershipTable(true);

        await MembershipContract.AssertKeptAsync(table, Token);
    }
}
