using LLoCO.Core.Tests.Tokenization;
using LLoCO.Core.Tokenization;
using LLoCO.Tool.Verbs;

namespace LLoCO.Core.Tests.Tool.Verbs;

public sealed class TokenizeVerbTests
{
    private static readonly TiktokenFileTokenizer Tokenizer =
        TiktokenFileTokenizer.Load(new MemoryStream(TiktokenFileTokenizerTests.MadeUpFile()));

    [Fact]
    public async Task RunAsync_JsonStrings_WritesOneArrayALine()
    {
        using var output = new StringWriter { NewLine = "\n" };

        await TokenizeRun.RunAsync(
            Tokenizer,
            new StringReader("\"hello\"\n\"\"\n\n\"\\n\\ud83e\\udd99\"\n"),
            output,
            TestContext.Current.CancellationToken);

        Assert.Equal("[259]\n[]\n[10,263,166,153]\n", output.ToString());
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("[1]")]
    [InlineData("\"\\ud83e\"")] // half a character
    public async Task RunAsync_NotAString_NamesTheLine(string line)
    {
        LlocoException error = await Assert.ThrowsAsync<LlocoException>(
            () => TokenizeRun.RunAsync(
                Tokenizer, new StringReader("\"a\"\n" + line), TextWriter.Null, TestContext.Current.CancellationToken));

        Assert.Contains("Line 2", error.Message, StringComparison.Ordinal);
    }
}
