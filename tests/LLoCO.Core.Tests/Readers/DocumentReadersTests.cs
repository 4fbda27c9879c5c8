using LLoCO.Core.Tests.Index;
using LLoCO.Readers;

namespace LLoCO.Core.Tests.Readers;

public sealed class DocumentReadersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("picture.png", ".png")]
    [InlineData("old.doc", ".doc")]
    [InlineData("archive.zip", ".zip")]
    [InlineData("README", "no ending")]
    public async Task Read_OtherFormats_AreRefusedByName(string name, string fault)
    {
        string message = await ReaderRun.RefuseAsync(name, "text");

        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.Contains(".pdf", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AFileThatIsNotWhatItsEndingSays_IsRefusedByName()
    {
        foreach (string name in new[] { "a.pdf", "a.docx", "a.pptx", "a.epub" })
        {
            await ReaderRun.RefuseAsync(name, "no such thing");
            await ReaderRun.RefuseAsync(name, ReaderRun.Zip(("x", "y")));
        }
    }

    [Fact]
    public async Task Read_FilesWithoutText_AreRefused()
    {
        Assert.Contains("no text", await ReaderRun.RefuseAsync("a.html", "<script>1</script>"), StringComparison.Ordinal);
        Assert.Contains("no text", await ReaderRun.RefuseAsync("a.md", "<!-- nothing -->"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_MoreBytesThanAllowed_IsRefused()
    {
        string path = _folder.PathOf("a.txt");
        await File.WriteAllTextAsync(path, new string('x', 101), Token);

        LlocoException refusal = await Assert.ThrowsAsync<LlocoException>(
            () => new DocumentReaders(new ReaderLimits { MaxBytes = 100 }).ReadAsync(path, Token));

        Assert.Contains("more than 100 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_LongerThanAllowed_IsRefusedInTime()
    {
        var sleeper = new Sleeper();
        var readers = new DocumentReaders(new ReaderLimits { MaxTime = TimeSpan.FromMilliseconds(50) }, [sleeper]);
        using var stream = new MemoryStream([1]);

        LlocoException refusal = await Assert.ThrowsAsync<LlocoException>(() => readers.ReadAsync(stream, "a.slow", Token));
        sleeper.Awake();

        Assert.StartsWith("a.slow takes longer than", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ACancelledCall_IsCancelled()
    {
        using var stream = new MemoryStream([1]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => DocumentReaders.Default.ReadAsync(stream, "a.txt", new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task More_ReadersOfTheCaller_TakeTheirEndings()
    {
        var readers = new DocumentReaders(more: [new Sleeper(), new Upper()]);
        using var stream = new MemoryStream("abc"u8.ToArray());

        Assert.Equal("ABC", await readers.ReadAsync(stream, "a.TXT", Token));
        Assert.Contains(".slow", readers.Extensions);
        Assert.True(readers.CanRead("dir/b.Slow"));
        Assert.False(DocumentReaders.Default.CanRead("b.slow"));
    }

    private sealed class Sleeper : IDocumentReader
    {
        private readonly ManualResetEventSlim _awake = new();

        public IReadOnlyCollection<string> Extensions { get; } = [".slow"];

        public void Awake() => _awake.Set();

        public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken)
        {
            // Looks at no token, as parsers of others, and reads until the test is over: it is refused meanwhile or never.
            _awake.Wait(TimeSpan.FromMinutes(5), CancellationToken.None);
            return "late";
        }
    }

    private sealed class Upper : IDocumentReader
    {
        public IReadOnlyCollection<string> Extensions { get; } = [".txt"];

        public string Read(ReadOnlyMemory<byte> content, ReaderLimits limits, CancellationToken cancellationToken) =>
            System.Text.Encoding.ASCII.GetString(content.Span).ToUpperInvariant();
    }
}
