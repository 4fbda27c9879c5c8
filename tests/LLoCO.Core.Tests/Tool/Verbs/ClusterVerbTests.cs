using LLoCO.Core.Tests.Cluster;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool.Verbs;

public sealed class ClusterVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Cluster_WithoutAPlace_IsWrongUsage()
    {
        ToolRun list = await ToolRun.OfAsync("jobs", "list");
        ToolRun work = await ToolRun.OfAsync("work", "--index", _folder.PathOf("i.db"));
        ToolRun fetch = await ToolRun.OfAsync(
            "work", "--index", _folder.PathOf("i.db"), "--folder", _folder.PathOf("shared"), "--fetch", "tiny");

        Assert.Equal((2, 2, 1), (list.Code, work.Code, fetch.Code));
        Assert.Contains("--folder", list.Error);
        Assert.Contains("no model 'tiny'", fetch.Error);
    }

    [Theory]
    [InlineData("jobs", "start", ".")]
    [InlineData("jobs", "finetune", "--data", "q.jsonl")]
    [InlineData("watch", ".", "--index", "i.db")]
    public async Task Group_AutoWhereNoGroupIsFound_IsWrongUsage(params string[] args)
    {
        File.WriteAllText(_folder.PathOf("a.txt"), "text");
        string[] place = args[0] == "jobs" ? ["--folder", _folder.PathOf("shared")] : [];

        ToolRun run = await ToolRun.OfAsync(
            [.. args.Select(part => part is "." or "i.db" ? _folder.PathOf(part == "." ? string.Empty : part) : part), "--group", "auto", .. place]);

        Assert.Equal(2, run.Code);
        Assert.Contains("--group auto", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.PathOf("i.db")));
    }

    [Fact]
    public async Task Watch_MissingFolder_LeavesNoIndex()
    {
        ToolRun run = await ToolRun.OfAsync("watch", _folder.PathOf("none"), "--index", _folder.PathOf("i.db"));

        Assert.Equal(1, run.Code);
        Assert.Contains("does not exist", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.PathOf("i.db")));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Work_DatabaseThatDoesNotAnswer_SaysSo()
    {
        ToolRun work = await ToolRun.OfAsync(
            "work", "--index", _folder.PathOf("i.db"), "--folder", _folder.PathOf("shared"), "--database", "postgres://u:secret@127.0.0.1:1/none?connect_timeout=1");

        Assert.Equal(1, work.Code);
        Assert.Contains("cannot join the cluster 'lloco'", work.Error);
        Assert.Contains("table of silos in postgres://u@127.0.0.1:1/none", work.Error);
        Assert.DoesNotContain("secret", work.Error);
    }

    /// <summary>From a published model to documents in the index, all by commands, on one silo.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Jobs_OnASiloWithAFetchedModel_ComeToTheirEnd()
    {
        string shared = _folder.PathOf("shared"), documents = _folder.PathOf("texts");
        Directory.CreateDirectory(documents);
        await File.WriteAllTextAsync(Path.Combine(documents, "a.txt"), "The captain sails the Heron.", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(documents, "b.txt"), " ", TestContext.Current.CancellationToken);
        string name = $"test-{Guid.NewGuid():N}";
        ToolRun publish = await ToolRun.OfAsync(
            "jobs", "publish", LLoCO.Models.Tiny.TinyModel.Package.Folder, "--name", name, "--folder", shared, "--json");
        await using var silo = SiloProcess.Start(shared, _folder.PathOf("i.db"), "--fetch", name, "--failures", "1");
        await silo.Ready;

        ToolRun start = await ToolRun.OfAsync("jobs", "start", documents, "--folder", shared, "--watch", "--json");
        string job = start.Json[^1].GetProperty("job").GetString()!;
        ToolRun show = await ToolRun.OfAsync("jobs", "show", job, "--folder", shared);
        ToolRun retry = await ToolRun.OfAsync("jobs", "retry", job, "--folder", shared, "--json");
        ToolRun cancel = await ToolRun.OfAsync("jobs", "cancel", job, "--folder", shared, "--json");
        ToolRun list = await ToolRun.OfAsync("jobs", "list", "--folder", shared);

        Directory.Delete(
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "lloco", "models", name), recursive: true);
        Assert.Equal((0, 1, 0, 0, 0, 0), (publish.Code, start.Code, show.Code, retry.Code, cancel.Code, list.Code));
        Assert.Contains(publish.Json, file => file.GetProperty("file").GetString() == "config.json");
        Assert.Equal((1, 1), (start.Json[^1].GetProperty("done").GetInt32(), start.Json[^1].GetProperty("set_aside_count").GetInt32()));
        Assert.Contains("set aside: b.txt, 1 failures: ", show.Output);
        Assert.Equal(0, retry.Json[0].GetProperty("set_aside_count").GetInt32());
        Assert.Equal("cancelled", cancel.Json[0].GetProperty("state").GetString());
        Assert.Empty(list.Output);
    }
}
