using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Readers;
using LLoCO.Tool;
using LLoCO.Tool.Verbs;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>What <c>lloco watch</c> does when files come and go.</summary>
public sealed class WatchRunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_FollowsAFolder()
    {
        using var folder = new TemporaryFolder();
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        var output = new StringWriter { NewLine = "\n" };
        using var console = new ToolConsole(TextReader.Null, output, TextWriter.Null);
        string docs = Directory.CreateDirectory(folder.PathOf("docs")).FullName;
        var watch = new WatchRun(fake.Pipeline, console, docs, "ship");

        await watch.LookAsync(Token);
        await File.WriteAllTextAsync(Path.Combine(docs, "a.txt"), "The ship is old.", Token);
        await watch.LookAsync(Token);
        int compressed = fake.Compressor.Compressed.Count;
        await watch.LookAsync(Token);
        Assert.Equal(compressed, fake.Compressor.Compressed.Count);
        await File.WriteAllTextAsync(Path.Combine(docs, "a.txt"), "The ship is old. It leaks.", Token);
        await watch.LookAsync(Token);
        Assert.Equal("The ship is old. It leaks.", await fake.Index.LoadTextAsync("a.txt", Token));
        File.Delete(Path.Combine(docs, "a.txt"));
        await watch.LookAsync(Token);

        Assert.Null(await fake.Index.FindAsync("a.txt", Token));
        Assert.Contains("a.txt: removed", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_FileOfAnotherFoldersIdGoes_LeavesThatDocument()
    {
        using var folder = new TemporaryFolder();
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        using var console = new ToolConsole(TextReader.Null, TextWriter.Null, TextWriter.Null);
        string own = Directory.CreateDirectory(folder.PathOf("own")).FullName;
        string other = Directory.CreateDirectory(folder.PathOf("other")).FullName;
        await File.WriteAllTextAsync(Path.Combine(other, "a.txt"), "The mill stands.", Token);
        await File.WriteAllTextAsync(Path.Combine(own, "a.txt"), "The ship is old.", Token);
        await foreach (IngestResult result in fake.Pipeline.IngestAsync(
            [DocumentReaders.Default.ToDocument(Path.Combine(other, "a.txt"), "town", "a.txt")], cancellationToken: Token))
        {
            Assert.Null(result.Failure);
        }

        var watch = new WatchRun(fake.Pipeline, console, own, "ship");
        await watch.LookAsync(Token);
        File.Delete(Path.Combine(own, "a.txt"));
        await watch.LookAsync(Token);

        Assert.Equal("The mill stands.", await fake.Index.LoadTextAsync("a.txt", Token));
    }

    [Fact]
    public async Task Look_FirstTime_RemovesWhatWentWhileNobodyWatched()
    {
        using var folder = new TemporaryFolder();
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        var output = new StringWriter { NewLine = "\n" };
        using var console = new ToolConsole(TextReader.Null, output, TextWriter.Null);
        string docs = Directory.CreateDirectory(folder.PathOf("docs")).FullName;
        await File.WriteAllTextAsync(Path.Combine(docs, "a.txt"), "The ship is old.", Token);
        await File.WriteAllTextAsync(Path.Combine(docs, "b.txt"), "The ship leaks.", Token);
        await new WatchRun(fake.Pipeline, console, docs, "ship").LookAsync(Token);
        File.Delete(Path.Combine(docs, "a.txt"));

        await new WatchRun(fake.Pipeline, console, docs, "ship").LookAsync(Token);

        Assert.Null(await fake.Index.FindAsync("a.txt", Token));
        Assert.NotNull(await fake.Index.FindAsync("b.txt", Token));
        Assert.Contains("a.txt: removed", output.ToString(), StringComparison.Ordinal);
    }
}
