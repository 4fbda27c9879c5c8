using System.Net;
using System.Text.Json;
using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Index;
using LLoCO.Orleans;
using LLoCO.Orleans.Answers;
using LLoCO.Orleans.Storage;
using Orleans.Runtime;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>Questions to silos in this process.</summary>
public sealed class AnswerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ClusterOptions Options => new() { Folder = _folder.PathOf("shared"), LeaseSeconds = 2, MaxQuestions = 2 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Ask_SameDocument_ReachesTheSameSiloUntilItIsGone()
    {
        await using TestSilo one = await TestSilo.StartAsync(Options, _folder.PathOf("index.db"));
        TestSilo two = await TestSilo.StartAsync(Options, _folder.PathOf("index.db"));
        await IngestAsync(one, 4);
        LlocoAnswer direct = await one.Cluster.AskAsync("Who sails the Heron of d1?", cancellationToken: Token);
        for (int round = 0; round < 3; round++)
        {
            for (int document = 0; document < 4; document++)
            {
                await one.Cluster.AskAsync("Who?", new AskOptions { DocumentIds = [$"d{document}"] }, Token);
            }
        }

        (int first, int second) = (one.Decoder.Started, two.Decoder.Started);
        await two.DisposeAsync();
        LlocoAnswer later = await one.Cluster.AskAsync("Who?", new AskOptions { DocumentIds = ["d3"] }, Token);

        Assert.Equal(("[d1|ship]", "ship"), (direct.Text, direct.Adapter));
        Assert.Equal(13, first + second);

        // Each document was asked three times, and the question without one went where its document is.
        Assert.Equal(new[] { 0, 1 }, new[] { first % 3, second % 3 }.Order());
        Assert.Equal("[d3|ship]", later.Text);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Ask_BeyondTheLimit_IsRefusedAndAReaderThatLeavesEndsTheWork()
    {
        using var gate = new ManualResetEventSlim();
        await using TestSilo silo = await TestSilo.StartAsync(Options, _folder.PathOf("index.db"), number =>
        {
            if (number == 3)
            {
                gate.Wait(TestSilo.Longest);
            }
        });
        await IngestAsync(silo, 1);
        using var left = new CancellationTokenSource();
        await using IAsyncEnumerator<AnswerUpdate> idle = silo.Cluster.AskStreamingAsync("Who?", null, Token).GetAsyncEnumerator(Token);
        Assert.True(await idle.MoveNextAsync());

        // A producer that computes: what it has made so far is there at once, not with the hundredth piece.
        Assert.NotEmpty(idle.Current.Text);
        Task<LlocoAnswer> impatient = silo.Cluster.AskAsync("Who?", null, left.Token);
        while (silo.Decoder.Started < 2)
        {
            await Task.Delay(10, Token);
        }

        ClusterBusyException busy = await Assert.ThrowsAsync<ClusterBusyException>(() => silo.Cluster.AskAsync("Who?", null, Token));
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.Set();
        while (silo.Decoder.Ended < 2)
        {
            await Task.Delay(10, Token);
        }

        string text = idle.Current.Text;
        while (await idle.MoveNextAsync())
        {
            text += idle.Current.Text;
        }

        Assert.Contains("MaxQuestions", busy.Message);
        Assert.Equal("[d0|ship]", text);
        Assert.Equal("[d0|ship]", (await silo.Cluster.AskAsync("Who?", null, Token)).Text);
        LlocoException missing = await Assert.ThrowsAsync<LlocoException>(
            () => silo.Cluster.AskAsync("Who?", new AskOptions { DocumentIds = ["none"] }, Token));
        Assert.Contains("'none'", missing.Message);
    }

    [Fact]
    public void Placement_PrefersTheAdapterUntilItsSiloIsBusier()
    {
        SiloAddress[] silos = [.. Enumerable.Range(1, 3).Select(port => SiloAddress.New(IPAddress.Loopback, port, 1))];
        var table = new LoadTable();
        var director = new LoadedPlacementDirector(table);
        string[] keys = [.. Enumerable.Range(0, 300).Select(i => AnswerKey.Make("ship", [$"d{i}"]))];
        int[] spread = [.. silos.Select(silo => keys.Count(key => director.Choose(key, silos).Equals(silo)))];
        table.Set([Load(0, 3), Load(1, 0), Load(2, 0, "town")]);
        SiloAddress other = director.Choose(keys[0], silos);
        table.Set([Load(0, 3, "ship"), Load(1, 0), Load(2, 1)]);
        SiloAddress loaded = director.Choose(keys[0], silos);
        table.Set([Load(0, 5, "ship"), Load(1, 0), Load(2, 1)]);

        Assert.All(spread, count => Assert.InRange(count, 60, 140));
        Assert.NotEqual(silos[0], other);
        Assert.Equal((silos[0], silos[1]), (loaded, director.Choose(keys[0], silos)));
        Assert.Equal("ship", AnswerKey.AdapterOf(keys[0]));
        return;

        SiloLoad Load(int silo, int questions, params string[] adapters) => new(silos[silo].ToString(), adapters, questions);
    }

    [Fact]
    public void Options_AreTheSameOnTheOtherSide()
    {
        var options = new AskOptions
        {
            Group = "ship", DocumentIds = ["a", "b"], TopK = 2, Context = ContextMode.Passages, DoubtPolicy = DoubtPolicy.Refuse,
            Generation = new GenerationOptions { MaxNewTokens = 7, Temperature = 0.5, StopStrings = ["x"] },
            Expand = new ExpandOptions { When = ExpandWhen.Auto },
            History = [new ConversationTurn("q", "a")],
        };
        string json = JsonSerializer.Serialize(options, StoreJson.Options);

        AskOptions back = JsonSerializer.Deserialize<AskOptions>(json, StoreJson.Options)!;

        Assert.Equal(json, JsonSerializer.Serialize(back, StoreJson.Options));
        Assert.Equal((options.Group, options.TopK, options.Context, options.DoubtPolicy), (back.Group, back.TopK, back.Context, back.DoubtPolicy));
        Assert.Equal(options.History, back.History);
        Assert.Equal((7, 0.5), (back.Generation!.MaxNewTokens, back.Generation.Temperature));
    }

    [Fact]
    public async Task Fetch_Model_IsCheckedByHash()
    {
        string source = _folder.PathOf("source"), cache = _folder.PathOf("cache");
        Directory.CreateDirectory(source);
        await File.WriteAllTextAsync(Path.Combine(source, "config.json"), "{}", Token);
        await File.WriteAllTextAsync(Path.Combine(source, "model.safetensors"), "weights", Token);
        var store = new FolderModelStore(_folder.PathOf("models"));
        await Assert.ThrowsAsync<LlocoException>(() => ModelFetch.FetchAsync(store, "tiny", cache, Token));
        await store.PublishAsync("tiny", source, Token);

        string fetched = await ModelFetch.FetchAsync(store, "tiny", cache, Token);
        Assert.Equal("weights", await File.ReadAllTextAsync(Path.Combine(fetched, "model.safetensors"), Token));
        await File.WriteAllTextAsync(Path.Combine(fetched, "model.safetensors"), "Weights", Token);
        await ModelFetch.FetchAsync(store, "tiny", cache, Token);
        Assert.Equal("weights", await File.ReadAllTextAsync(Path.Combine(fetched, "model.safetensors"), Token));
        await File.WriteAllTextAsync(Path.Combine(fetched, "model.safetensors"), "x", Token);
        await File.WriteAllTextAsync(_folder.PathOf("models/tiny/model.safetensors"), "damaged", Token);
        LlocoException damaged = await Assert.ThrowsAsync<LlocoException>(() => ModelFetch.FetchAsync(store, "tiny", cache, Token));

        Assert.Contains("model.safetensors", damaged.Message);
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(fetched).Select(path => Path.GetFileName(path)).Order());
        await Assert.ThrowsAsync<LlocoException>(() => store.PublishAsync("tiny", source, Token));
        await Assert.ThrowsAsync<LlocoException>(() => store.PublishAsync("../tiny", source, Token));
    }

    private async Task IngestAsync(TestSilo silo, int count)
    {
        JobDocument[] documents = [.. Enumerable.Range(0, count).Select(i => new JobDocument($"d{i}", _folder.PathOf($"d{i}.txt")))];
        foreach (JobDocument document in documents)
        {
            await File.WriteAllTextAsync(document.Path, $"The captain of {document.Id} sails the Heron.", Token);
        }

        string job = await silo.Cluster.StartAsync(new JobSpec(JobKind.Compress) { Group = "ship" }, documents, Token);
        await foreach (JobStatus status in silo.Cluster.WatchAsync(job, Token))
        {
            Assert.Empty(status.SetAside);
        }
    }
}
