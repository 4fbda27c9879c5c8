using System.Diagnostics.Metrics;
using System.Reflection;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Index;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Tenants;
using Xunit;

namespace LLoCO.Core.Tests.Tenants;

public sealed class TenantStoreTests : IDisposable
{
    private static readonly TenantId Acme = new("acme");
    private static readonly TenantId Other = new("other");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Root => _folder.PathOf("tenants");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Methods_ThatReachDocuments_TakeATenant()
    {
        MethodInfo[] methods = [.. typeof(TenantStore).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName && method.Name != nameof(TenantStore.FindTenants))];

        Assert.NotEmpty(methods);
        Assert.All(methods, method => Assert.Equal(typeof(TenantId), method.GetParameters()[0].ParameterType));
        Assert.All(methods, method => Assert.False(method.GetParameters()[0].HasDefaultValue));
        Assert.Empty(typeof(TenantSpace).GetConstructors());
    }

    [Fact]
    public async Task Index_SameIdInTwoTenants_IsTwoDocuments()
    {
        var store = new TenantStore(Root);
        await using TenantSpace acme = await store.OpenAsync(Acme, null, Cancelled);
        await using TenantSpace other = await store.OpenAsync(Other, null, Cancelled);

        await acme.Index.PutAsync(TestDocuments.Create("offer", "g", "the secret price"), Cancelled);
        await other.Index.PutAsync(TestDocuments.Create("offer", "g", "another offer"), Cancelled);

        Assert.Equal("the secret price", await acme.Index.LoadTextAsync("offer", Cancelled));
        Assert.Equal("another offer", await other.Index.LoadTextAsync("offer", Cancelled));
        Assert.Empty(await other.Index.SearchAsync(new PassageQuery("secret price"), Cancelled));
        Assert.Equal([Acme, Other], store.FindTenants());
    }

    [Fact]
    public async Task Apply_Pipeline_UsesTheTenantsIndexAndPrefixesAlone()
    {
        var store = new TenantStore(Root);
        await using TenantSpace acme = await store.OpenAsync(Acme, null, Cancelled);
        await using TenantSpace other = await store.OpenAsync(Other, null, Cancelled);
        await using FakePipeline first = await FakePipeline.CreateAsync(index: acme.Index, configure: builder => acme.Apply(builder));
        await using FakePipeline second = await FakePipeline.CreateAsync(index: other.Index, configure: builder => other.Apply(builder));

        (await first.IngestAsync(new SourceDocument("log", "The mast broke.", "ship")))[0].EnsureSuccess();

        Assert.Equal("log", (await first.AskAsync("mast?")).Sources[0].DocumentId);
        LlocoException none = await Assert.ThrowsAsync<LlocoException>(() => second.AskAsync("mast?"));
        Assert.Contains("no document", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wipe_Tenant_LeavesNoByteOfItInAnyFile()
    {
        const string marker = "xqzmarkerxqz";
        var store = new TenantStore(Root);
        await using (TenantSpace other = await store.OpenAsync(Other, null, Cancelled))
        {
            await other.Index.PutAsync(TestDocuments.Create("kept", "g", "what stays"), Cancelled);
        }

        TenantSpace acme = await store.OpenAsync(Acme, null, Cancelled);
        for (int i = 0; i < 20; i++)
        {
            await acme.Index.PutAsync(TestDocuments.Create($"{marker}-{i}", marker, $"a text with {marker} in it {i}"), Cancelled);
        }

        await acme.Index.DeleteAsync($"{marker}-3", Cancelled);
        await acme.Index.SaveCheckpointAsync(
            new IngestCheckpoint($"{marker}-open", "hash", [marker], TestDocuments.Summary($"{marker}-open", 1, 1)), Cancelled);
        string prefixes = Path.Combine(Path.GetDirectoryName(acme.AdaptersFolder)!, "prefixes");
        foreach (string folder in new[] { acme.AdaptersFolder, acme.JobsFolder, prefixes, Path.Combine(acme.AdaptersFolder, "ship") })
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(Path.Combine(folder, "calibration.json"), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(marker)));
        }

        Assert.NotEmpty(FilesWith(marker));
        LlocoException open = await Assert.ThrowsAsync<LlocoException>(() => store.WipeAsync(Acme, Cancelled));
        Assert.Contains("in use", open.Message, StringComparison.Ordinal);
        await acme.DisposeAsync();
        Assert.NotEmpty(FilesWith(marker));

        await store.WipeAsync(Acme, Cancelled);

        Assert.Empty(FilesWith(marker));
        Assert.Equal([Other], store.FindTenants());
        await using TenantSpace kept = await store.OpenAsync(Other, null, Cancelled);
        Assert.Equal("what stays", await kept.Index.LoadTextAsync("kept", Cancelled));
        await using TenantSpace again = await store.OpenAsync(Acme, null, Cancelled);
        Assert.Empty(await TestDocuments.ToListAsync(again.Index.ListAsync(null, Cancelled), Cancelled));
    }

    [Fact]
    public async Task Wipe_Interrupted_IsNoTenantsAndGoesWithTheNextStore()
    {
        await (await new TenantStore(Root).OpenAsync(Acme, null, Cancelled)).DisposeAsync();
        Directory.Move(Path.Combine(Root, "tenant-acme"), Path.Combine(Root, ".removed-1"));

        var store = new TenantStore(Root);

        Assert.Empty(store.FindTenants());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
        await store.WipeAsync(Acme, Cancelled);
    }

    [Fact]
    public async Task Wipe_IndexElsewhere_RemovesItsDocuments()
    {
        await using var shared = new InMemoryRetrievalIndex();
        var store = new TenantStore(Root, (_, _, _) => Task.FromResult<IRetrievalIndex>(new Kept(shared)));
        await using (TenantSpace acme = await store.OpenAsync(Acme, null, Cancelled))
        {
            await acme.Index.PutAsync(TestDocuments.Create("a", "g", "text"), Cancelled);
        }

        await store.WipeAsync(Acme, Cancelled);

        Assert.False(store.OwnsIndexes);
        Assert.Empty(await TestDocuments.ToListAsync(shared.ListAsync(null, Cancelled), Cancelled));
    }

    [Theory]
    [InlineData(2, null, null, "documents")]
    [InlineData(null, 20, null, "tokens")]
    [InlineData(null, null, 1, "bytes")]
    public async Task Put_BeyondTheQuota_IsRefusedAndNothingChanges(int? documents, int? tokens, int? bytes, string what)
    {
        var store = new TenantStore(Root);
        await using TenantSpace space = await store.OpenAsync(
            Acme, new TenantQuota { MaxDocuments = documents, MaxTokens = tokens, MaxBytes = bytes is null ? null : 400_000 }, Cancelled);
        await space.Index.PutAsync(TestDocuments.Create("a", "g", "one"), Cancelled);
        await space.Index.PutAsync(TestDocuments.Create("b", "g", "two"), Cancelled);

        // In its own place a document is no further one.
        await space.Index.PutAsync(TestDocuments.Create("b", "g", "three"), Cancelled);
        IndexedDocument more = TestDocuments.Create("c", "g", bytes is null ? "four" : new string('x', 500_000));
        QuotaExceededException refused =
            await Assert.ThrowsAsync<QuotaExceededException>(async () => await space.Index.PutAsync(more, Cancelled));

        Assert.Contains($"'{Acme}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(what, refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Wanted > refused.Limit);
        TenantUsage usage = await space.CountUsageAsync(Cancelled);
        Assert.Equal((2L, 16L), (usage.Documents, usage.Tokens));
        Assert.True(usage.Bytes > 0);
        await space.Index.DeleteAsync("a", Cancelled);
        if (bytes is null)
        {
            await space.Index.PutAsync(more, Cancelled);
        }
    }

    [Fact]
    public async Task SaveCheckpoint_OfADocumentThatWillBeRefused_IsRefusedAtOnce()
    {
        await using TenantSpace space = await new TenantStore(Root).OpenAsync(Acme, new TenantQuota { MaxDocuments = 0 }, Cancelled);

        await Assert.ThrowsAsync<QuotaExceededException>(async () => await space.Index.SaveCheckpointAsync(
            new IngestCheckpoint("a", "hash", ["h"], TestDocuments.Summary("a", 1, 1)), Cancelled));
    }

    [Fact]
    public async Task Metrics_OfAPut_CarryTheTenant()
    {
        var tagged = new List<(string Name, long Value, object? Tenant)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == TenantMeter.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        var measured = new TenantId("measured");
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (Equals(tags[0].Value, measured.Name))
            {
                tagged.Add((instrument.Name, value, tags[0].Key));
            }
        });
        listener.Start();
        await using TenantSpace space = await new TenantStore(Root).OpenAsync(measured, null, Cancelled);

        await space.Index.PutAsync(TestDocuments.Create("a", "g", "one"), Cancelled);
        await space.Index.SearchAsync(new PassageQuery("one"), Cancelled);

        Assert.Equal(
            [("lloco.tenant.documents", 1L, "tenant"), ("lloco.tenant.tokens", 8L, "tenant"), ("lloco.tenant.searches", 1L, "tenant")],
            tagged.Select(one => (one.Name, one.Value, (string)one.Tenant!)));
    }

    private IEnumerable<string> FilesWith(string marker)
    {
        byte[][] forms = [System.Text.Encoding.UTF8.GetBytes(marker), System.Text.Encoding.Unicode.GetBytes(marker)];
        return Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Where(file => forms.Any(form => ReadAll(file).AsSpan().IndexOf(form) >= 0 || Path.GetFileName(file).Contains(marker, StringComparison.Ordinal)));
    }

    private static byte[] ReadAll(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>An index that is not closed with the space.</summary>
    private sealed class Kept(IRetrievalIndex inner) : IRetrievalIndex
    {
        public ValueTask BindAsync(ModelFingerprint fingerprint, CancellationToken cancellationToken = default) => inner.BindAsync(fingerprint, cancellationToken);

        public ValueTask<DocumentRecord?> FindAsync(string documentId, CancellationToken cancellationToken = default) => inner.FindAsync(documentId, cancellationToken);

        public IAsyncEnumerable<DocumentRecord> ListAsync(string? group = null, CancellationToken cancellationToken = default) => inner.ListAsync(group, cancellationToken);

        public ValueTask<Core.Compression.SummaryEmbeddings?> LoadSummaryAsync(string documentId, CancellationToken cancellationToken = default) => inner.LoadSummaryAsync(documentId, cancellationToken);

        public ValueTask<IReadOnlyList<string>?> LoadTokenHashesAsync(string documentId, CancellationToken cancellationToken = default) => inner.LoadTokenHashesAsync(documentId, cancellationToken);

        public ValueTask<string?> LoadTextAsync(string documentId, CancellationToken cancellationToken = default) => inner.LoadTextAsync(documentId, cancellationToken);

        public ValueTask PutAsync(IndexedDocument document, CancellationToken cancellationToken = default) => inner.PutAsync(document, cancellationToken);

        public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default) => inner.DeleteAsync(documentId, cancellationToken);

        public ValueTask SaveCheckpointAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default) => inner.SaveCheckpointAsync(checkpoint, cancellationToken);

        public ValueTask<IngestCheckpoint?> FindCheckpointAsync(string documentId, CancellationToken cancellationToken = default) => inner.FindCheckpointAsync(documentId, cancellationToken);

        public ValueTask<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default) => inner.SearchAsync(query, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
