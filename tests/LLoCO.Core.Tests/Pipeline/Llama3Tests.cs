using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Tokenization;
using LLoCO.Core.Tokenization;
using TemporaryFolder = LLoCO.Core.Tests.Index.TemporaryFolder;

namespace LLoCO.Core.Tests.Pipeline;

/// <summary>A folder of Llama-3's kind along the whole path: counts are known, the words of a random model are not.</summary>
public sealed class Llama3Tests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task IngestAndAsk_TiktokenVocabularyAndScaledRotation_CountAsTheTokenizerDoes()
    {
        byte[] vocabulary = TiktokenFileTokenizerTests.MadeUpFile();
        ModelFolders.MakeLlama3(_folder.PathOf("model"), vocabulary);
        TiktokenFileTokenizer tokenizer = TiktokenFileTokenizer.Load(new MemoryStream(vocabulary));
        const string Text = "hello 123, said the llama 🦙 hello hello to the other llama 🦙, and it was heard 12 times.";
        int tokens = tokenizer.Encode(Text).Count;
        await using LlocoPipeline pipeline =
            await LlocoPipeline.CreateBuilder().UseCheckpoint(_folder.PathOf("model")).BuildAsync(Token);

        IngestResult result = Assert.Single(
            await pipeline.IngestAsync([new SourceDocument("a", Text)], null, Token).ToListAsync(Token));
        LlocoAnswer answer = await pipeline.AskAsync("who said hello", cancellationToken: Token);
        LlocoAnswer again = await pipeline.AskAsync("who said hello", cancellationToken: Token);

        Assert.Null(result.Failure);
        Assert.Equal((tokens, (tokens + 15) / 16), (result.Tokens, result.Segments));
        Assert.Equal(2 * result.Segments, answer.Tokens.Summary);
        Assert.Equal(tokenizer.Encode("Question: who said hello Answer:").Count, answer.Tokens.Prompt);
        Assert.InRange(answer.Tokens.Generated, 1, 64);
        Assert.Equal(answer.Text, again.Text);
        Assert.Equal(tokenizer.Fingerprint, pipeline.Fingerprint.Tokenizer);
    }
}
