using System.Xml.Linq;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Embeddings.MiniLM;
using LLoCO.Embeddings.MiniLM.Model;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LLoCO.Core.Tests.Embeddings;

/// <summary>The vectors of all-MiniLM-L6-v2 beside published ones.</summary>
public sealed class MiniLMEmbedderTests
{
    private static readonly MiniLMEmbedder Embedder = new(new MiniLMOptions { Threads = 1 });

    private static readonly Lazy<WordPieces> Pieces = new(() => WordPieces.Load(ModelResource.Open(ModelResource.Vocabulary)));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The example of sentence-transformers' README: model.similarity, four digits.</summary>
    [Fact]
    public async Task EmbedAsync_PublishedSentences_HaveThePublishedSimilarities()
    {
        float[][] vectors = await EmbedAsync("The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium.");

        Assert.Equal(0.6660, Dot(vectors[0], vectors[1]), 0.00005);
        Assert.Equal(0.1046, Dot(vectors[0], vectors[2]), 0.00005);
        Assert.Equal(0.1411, Dot(vectors[1], vectors[2]), 0.00005);
        Assert.All(vectors, vector => Assert.Equal(1.0, Dot(vector, vector), 1e-5));
    }

    /// <summary>First numbers of the vector that the tests of fastembed (qdrant) give for this model.</summary>
    [Fact]
    public async Task EmbedAsync_HelloWorld_IsThePublishedVector()
    {
        float[] expected = [-0.034478f, 0.03102f, 0.00673f, 0.02611f, -0.039362f];

        float[] vector = (await EmbedAsync("hello world"))[0];

        Assert.Equal(MiniLMEmbedder.Dimensions, vector.Length);
        Assert.All(expected.Zip(vector), pair => Assert.Equal(pair.First, pair.Second, 5e-6f));
    }

    /// <summary>Ids of the library that the format is from (Rust, through Tokenizers.DotNet 1.4.1), without the two around them.</summary>
    [Theory]
    [InlineData("hello world", new[] { 7592, 2088 })]
    [InlineData("café naïve Ångström", new[] { 7668, 15743, 17076, 15687 })]
    [InlineData("line one\nline two\ttabbed", new[] { 2240, 2028, 2240, 2048, 21628, 8270 })]
    [InlineData("I 💛 emoji", new[] { 1045, 100, 7861, 29147, 2072 })]
    [InlineData("Straße İstanbul ΑΣ", new[] { 2358, 27807, 9960, 1155, 29733 })]
    [InlineData("zero\u200bwidth nbsp\u00a0x \u3000 y\0z", new[] { 5717, 9148, 11927, 2232, 1050, 5910, 2361, 1060, 1061, 2480 })]
    [InlineData("under_score $5.00 <tag> ^caret ~", new[] { 2104, 1035, 3556, 1002, 1019, 1012, 4002, 1026, 6415, 1028, 1034, 2729, 2102, 1066 })]
    [InlineData("北京 is 東京", new[] { 1781, 1755, 2003, 1879, 1755 })]
    [InlineData("", new int[0])]
    public void Encode_TextsOfAllKinds_HaveTheIdsOfThePublishedTokenizer(string text, int[] expected) =>
        Assert.Equal([101, .. expected, 102], Pieces.Value.Encode(text, MiniLMEmbedder.MaxTokens));

    [Theory]
    [InlineData("the harbour master\nkeeps a ledger")]
    [InlineData("the harbour master\tkeeps\r\n\r\na ledger")]
    [InlineData("  The HARBOUR master  keeps a lédger ")]
    public async Task EmbedAsync_WhiteSpaceCaseAndAccents_ChangeNothing(string text)
    {
        float[][] vectors = await EmbedAsync("the harbour master keeps a ledger", text);

        Assert.Equal(1.0, Dot(vectors[0], vectors[1]), 1e-5);
    }

    [Fact]
    public async Task EmbedAsync_TextsOfUnequalLength_HaveTheVectorsThatTheyHaveAlone()
    {
        string[] texts = [.. Enumerable.Range(1, 20).Select(i => string.Join(' ', Enumerable.Repeat("grain and ships", (i * 7 % 20) + 1)) + i)];

        float[][] together = await EmbedAsync(texts);

        for (int i = 0; i < texts.Length; i++)
        {
            float[] alone = (await EmbedAsync(texts[i]))[0];
            Assert.All(alone.Zip(together[i]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public async Task EmbedAsync_LongText_ReadsThePublished256TokensAndNoMore()
    {
        // One piece per word, so that 254 of them fill the window between the two ids around them.
        string words = string.Join(' ', Enumerable.Repeat("ship", 253));

        float[][] vectors = await EmbedAsync($"{words} grain", $"{words} grain harbour captain", $"{words} harbour");

        Assert.Equal(vectors[0], vectors[1]);
        Assert.NotEqual(vectors[0], vectors[2]);
        Assert.Equal(MiniLMEmbedder.MaxTokens, Pieces.Value.Encode(words + words, MiniLMEmbedder.MaxTokens).Length);
    }

    [Fact]
    public async Task GenerateAsync_Texts_CountsTokensAndNamesTheModel()
    {
        GeneratedEmbeddings<Embedding<float>> made = await Embedder.GenerateAsync(["hello world", ""], cancellationToken: Token);

        Assert.Equal((2, 6), (made.Count, made.Usage!.InputTokenCount));
        Assert.Equal(("all-MiniLM-L6-v2", 384), (made[0].ModelId, made[0].Dimensions));
        Assert.Equal(384, ((IEmbeddingGenerator)Embedder).GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
    }

    [Fact]
    public async Task GenerateAsync_OptionsThatCannotBeHad_AreRefusedByName()
    {
        var other = new EmbeddingGenerationOptions { Dimensions = 256 };
        Assert.Contains("256", (await Assert.ThrowsAsync<NotSupportedException>(() => Embedder.GenerateAsync(["a"], other, Token))).Message);
        other = new EmbeddingGenerationOptions { ModelId = "large" };
        Assert.Contains("'large'", (await Assert.ThrowsAsync<NotSupportedException>(() => Embedder.GenerateAsync(["a"], other, Token))).Message);
        await Assert.ThrowsAsync<ArgumentNullException>(() => Embedder.EmbedAsync([null!], Token).AsTask());
        Assert.Throws<LlocoException>(() => new MiniLMEmbedder(new MiniLMOptions { BatchTexts = 0 }));
    }

    [Fact]
    public async Task EmbedAsync_Cancelled_Stops() => await Assert.ThrowsAnyAsync<OperationCanceledException>(
        () => Embedder.EmbedAsync(["a"], new CancellationToken(canceled: true)).AsTask());

    [Fact]
    public async Task UseMiniLM_QuestionInOtherWords_FindsTheDocumentThatWordsAloneMiss()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            configure: builder => builder.UseMiniLM(new MiniLMOptions { Threads = 1 }));
        await fake.IngestAsync(
            new SourceDocument("dog", "A puppy was barking loudly at night.", "ship"),
            new SourceDocument("tax", "The council raised property duties again.", "ship"));

        LlocoAnswer answer = await fake.AskAsync("noisy canine");

        Assert.StartsWith("[dog|", answer.Text);
        Assert.Empty(await fake.Index.SearchAsync(new PassageQuery("noisy canine"), Token));
    }

    [Fact]
    public async Task AddMiniLM_Services_GiveItToTheirPipelines()
    {
        await using ServiceProvider provider = new ServiceCollection().AddMiniLM(new MiniLMOptions { Threads = 1 })
            .AddLloco(builder => Hosting.LlocoOptionsTests.Describe(builder)).BuildServiceProvider();

        Assert.Same(provider.GetRequiredService<IPassageEmbedder>(), provider.GetRequiredService<LlocoPipeline>().Layers.Embedder);
        Assert.Same(provider.GetRequiredService<IPassageEmbedder>(), provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
    }

    [Fact]
    public void DefaultEmbedder_EntryOfThePackage_IsItsEmbedder()
    {
        string targets = RepositoryFiles.Read("src/LLoCO.Embeddings.MiniLM/buildTransitive/LLoCO.Embeddings.MiniLM.targets");
        string entry = XDocument.Parse(targets).Descendants("RuntimeHostConfigurationOption").Single().Attribute("Value")!.Value;

        Assert.IsType<MiniLMEmbedder>(DefaultEmbedder.Create(entry));
        Assert.Contains("'Absent, Absent'", Assert.Throws<LlocoException>(() => DefaultEmbedder.Create("Absent, Absent")).Message);
        Assert.Null(DefaultEmbedder.Find());
    }

    private static async Task<float[][]> EmbedAsync(params string[] texts) =>
        [.. (await Embedder.EmbedAsync(texts, Token)).Select(vector => vector.ToArray())];

    private static double Dot(float[] one, float[] other) => one.Zip(other, (a, b) => (double)a * b).Sum();
}
