using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Models.Tiny;
using LLoCO.Tenants;
using Xunit;

namespace LLoCO.Core.Tests.Tenants;

public sealed class TenantPipelinesTests : IDisposable
{
    private static readonly TenantId Acme = new("acme");
    private static readonly TenantId Other = new("other");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private TenantStore Store => new(_folder.PathOf("tenants"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Model_IsInMemoryOnce_AndPrefixesOfOneTenantAreNotThoseOfAnother()
    {
        await using LlocoPipeline shared = await LlocoPipeline.CreateBuilder().UseTinyModel().BuildAsync(Cancelled);
        await using var pipelines = new TenantPipelines(Store, shared);
        await using TenantLease acme = await pipelines.OpenAsync(Acme, null, Cancelled);
        await using TenantLease other = await pipelines.OpenAsync(Other, null, Cancelled);
        foreach (LlocoPipeline pipeline in new[] { acme.Pipeline, other.Pipeline })
        {
            await foreach (IngestResult result in pipeline.IngestAsync([new SourceDocument("log", "The mast broke.", "ship")], null, Cancelled))
            {
                result.EnsureSuccess();
            }
        }

        // The same text with the same adapter: its keys and values exist already, but not for the other tenant.
        await acme.Pipeline.AskAsync("What broke?", null, Cancelled);
        await acme.Pipeline.AskAsync("What broke?", null, Cancelled);
        await other.Pipeline.AskAsync("What broke?", null, Cancelled);

        Assert.Same(shared.Layers.Model!.Model, acme.Pipeline.Layers.Model!.Model);
        Assert.Same(shared.Layers.Model.Worker, other.Pipeline.Layers.Model!.Worker);
        Assert.Equal((1L, 1L), Looks(acme));
        Assert.Equal((0L, 1L), Looks(other));
        Assert.NotEmpty(FilesOf("acme"));
        Assert.Equal(FilesOf("acme").Count, FilesOf("other").Count);
    }

    [Fact]
    public async Task Adapter_OfOneTenant_IsUnknownToTheOthersAndHidesTheModels()
    {
        await using LlocoPipeline shared = await LlocoPipeline.CreateBuilder().UseTinyModel().BuildAsync(Cancelled);
        IReadOnlyDictionary<string, string> known = TinyModel.Package.FindAdapters();
        await using var pipelines = new TenantPipelines(Store, shared);
        await using TenantLease acme = await pipelines.OpenAsync(Acme, null, Cancelled);
        await using TenantLease other = await pipelines.OpenAsync(Other, null, Cancelled);
        await acme.Pipeline.LoadAdapterAsync("secret", known["ship"], Cancelled);
        await acme.Pipeline.LoadAdapterAsync("town", known["ship"], Cancelled);

        Assert.Equal(known.Keys.Append("secret").Order(StringComparer.Ordinal), acme.Pipeline.Adapters);
        Assert.Equal(shared.Adapters, other.Pipeline.Adapters);
        Assert.DoesNotContain("secret", shared.Adapters);
        await Assert.ThrowsAsync<LlocoException>(() => other.Pipeline.AskAsync("Hm?", Without("secret"), Cancelled));
        string own = (await acme.Pipeline.AskAsync("Who is it?", Without("town"), Cancelled)).Text;
        Assert.Equal((await acme.Pipeline.AskAsync("Who is it?", Without("ship"), Cancelled)).Text, own);
        Assert.NotSame(acme.Pipeline.Layers.Model!.FindAdapter("town"), other.Pipeline.Layers.Model!.FindAdapter("town"));
        Assert.Same(shared.Layers.Model!.FindAdapter("town"), other.Pipeline.Layers.Model.FindAdapter("town"));
    }

    [Fact]
    public async Task Adapters_InTheTenantsFolder_AreItsOwn()
    {
        await using LlocoPipeline shared = await LlocoPipeline.CreateBuilder().UseTinyModel().BuildAsync(Cancelled);
        TenantStore store = Store;
        string place;
        await using (TenantSpace space = await store.OpenAsync(Acme, null, Cancelled))
        {
            place = Path.Combine(space.AdaptersFolder, "mine");
        }

        Directory.CreateDirectory(place);
        foreach (string file in Directory.EnumerateFiles(TinyModel.Package.FindAdapters()["ship"]))
        {
            File.Copy(file, Path.Combine(place, Path.GetFileName(file)));
        }

        await using var pipelines = new TenantPipelines(store, shared);
        await using TenantLease acme = await pipelines.OpenAsync(Acme, null, Cancelled);
        await using TenantLease other = await pipelines.OpenAsync(Other, null, Cancelled);

        Assert.Contains("mine", acme.Pipeline.Adapters);
        Assert.DoesNotContain("mine", other.Pipeline.Adapters);
    }

    [Fact]
    public async Task Closed_PipelineOfATenant_LeavesTheOthersAnswering()
    {
        LlocoPipeline shared = await LlocoPipeline.CreateBuilder().UseTinyModel().BuildAsync(Cancelled);
        await using (shared)
        {
            await using var pipelines = new TenantPipelines(Store, shared, new TenantPipelineOptions { MaxOpen = 1 });
            string expected = (await shared.AskAsync("Who is it?", Without("ship"), Cancelled)).Text;
            for (int round = 0; round < 2; round++)
            {
                foreach (TenantId tenant in new[] { Acme, Other })
                {
                    await using TenantLease lease = await pipelines.OpenAsync(tenant, null, Cancelled);
                    Assert.Equal(expected, (await lease.Pipeline.AskAsync("Who is it?", Without("ship"), Cancelled)).Text);
                }
            }

            Assert.Equal(expected, (await shared.AskAsync("Who is it?", Without("ship"), Cancelled)).Text);
        }
    }

    [Fact]
    public async Task Open_MoreThanMayBe_ClosesTheIdleOnes()
    {
        await using FakePipeline shared = await FakePipeline.CreateAsync();
        await using var pipelines = new TenantPipelines(Store, shared.Pipeline, new TenantPipelineOptions { MaxOpen = 2 });
        LlocoPipeline first;
        await using (TenantLease lease = await pipelines.OpenAsync(Acme, null, Cancelled))
        {
            first = lease.Pipeline;
        }

        TenantLease held = await pipelines.OpenAsync(Other, null, Cancelled);
        await using (TenantLease again = await pipelines.OpenAsync(Acme, null, Cancelled))
        {
            Assert.Same(first, again.Pipeline);
        }

        await using TenantLease third = await pipelines.OpenAsync(new TenantId("third"), null, Cancelled);
        await using TenantLease later = await pipelines.OpenAsync(Acme, null, Cancelled);

        Assert.NotSame(first, later.Pipeline);
        Assert.Throws<ObjectDisposedException>(() => first.Layers);
        Assert.NotNull(held.Pipeline.Layers);
        await held.DisposeAsync();
    }

    [Fact]
    public async Task Wipe_OpenButIdle_RemovesIt_AndInUse_IsRefused()
    {
        await using FakePipeline shared = await FakePipeline.CreateAsync();
        TenantStore store = Store;
        await using var pipelines = new TenantPipelines(store, shared.Pipeline);
        TenantLease lease = await pipelines.OpenAsync(Acme, null, Cancelled);

        Assert.Contains("in use", (await Assert.ThrowsAsync<LlocoException>(() => pipelines.WipeAsync(Acme, Cancelled))).Message);
        await lease.DisposeAsync();
        await pipelines.WipeAsync(Acme, Cancelled);

        Assert.Empty(store.FindTenants());
    }

    [Fact]
    public async Task Open_ThatFailed_IsTriedAgain()
    {
        bool broken = true;
        await using FakePipeline shared = await FakePipeline.CreateAsync();
        var store = new TenantStore(_folder.PathOf("tenants"), (_, file, _) => broken
            ? throw new LlocoException("not yet")
            : Task.FromResult<LLoCO.Core.Index.IRetrievalIndex>(LLoCO.Core.Index.SqliteRetrievalIndex.Open(file)));
        await using var pipelines = new TenantPipelines(store, shared.Pipeline);

        await Assert.ThrowsAsync<LlocoException>(() => pipelines.OpenAsync(Acme, null, Cancelled));
        broken = false;

        await using TenantLease lease = await pipelines.OpenAsync(Acme, null, Cancelled);
        Assert.NotNull(lease.Pipeline.Layers);
    }

    [Fact]
    public async Task Quota_OfTwoStores_CountsWhatBothWrite()
    {
        // Two stores know as little of each other as two processes do.
        var quota = new TenantQuota { MaxDocuments = 2 };
        await using TenantSpace here = await Store.OpenAsync(Acme, quota, Cancelled);
        await using TenantSpace there = await Store.OpenAsync(Acme, quota, Cancelled);
        await here.Index.PutAsync(TestDocuments.Create("a", "g", "one"), Cancelled);
        await there.Index.PutAsync(TestDocuments.Create("b", "g", "two"), Cancelled);

        await Assert.ThrowsAsync<QuotaExceededException>(() => here.Index.PutAsync(TestDocuments.Create("c", "g", "three"), Cancelled).AsTask());
        await Assert.ThrowsAsync<QuotaExceededException>(() => there.Index.PutAsync(TestDocuments.Create("d", "g", "four"), Cancelled).AsTask());
        await there.Index.DeleteAsync("a", Cancelled);
        await here.Index.PutAsync(TestDocuments.Create("c", "g", "three"), Cancelled);
    }

    [Fact]
    public async Task Quota_ManyWritersAtOnce_IsNeverExceeded()
    {
        var quota = new TenantQuota { MaxDocuments = 5 };
        TenantSpace[] spaces = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Store.OpenAsync(Acme, quota, Cancelled)))];

        bool[] kept = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(async () =>
        {
            try
            {
                await spaces[i % 3].Index.PutAsync(TestDocuments.Create($"d{i}", "g", "text"), Cancelled);
                return true;
            }
            catch (QuotaExceededException)
            {
                return false;
            }
        })));

        Assert.Equal(5, kept.Count(one => one));
        Assert.Equal(5, (await spaces[0].CountUsageAsync(Cancelled)).Documents);
        foreach (TenantSpace space in spaces)
        {
            await space.DisposeAsync();
        }
    }

    [Fact]
    public async Task Wipe_TenantThatAnotherStoreHasOpen_IsRefused()
    {
        await using (await Store.OpenAsync(Acme, null, Cancelled))
        {
            LlocoException refused = await Assert.ThrowsAsync<LlocoException>(() => Store.WipeAsync(Acme, Cancelled));
            Assert.Contains("another process", refused.Message);
        }

        await Store.WipeAsync(Acme, Cancelled);
        Assert.Empty(Store.FindTenants());
    }

    private static AskOptions Without(string adapter) => new()
    {
        Context = ContextMode.None, Adapter = adapter, Generation = new GenerationOptions { MaxNewTokens = 4 },
    };

    private static (long Hits, long Misses) Looks(TenantLease lease)
    {
        Core.Decoding.Prefixes.PrefixCache prefixes = ((LlamaAnswerDecoder)lease.Pipeline.Layers.Decoder).Prefixes;
        return (prefixes.Hits, prefixes.Misses);
    }

    private List<string> FilesOf(string tenant) => [.. Directory.EnumerateFiles(Path.Combine(_folder.PathOf("tenants"), "tenant-" + tenant, "prefixes"))];
}
