using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Asking;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tokenization;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline.Asking;

/// <summary>A question loads each document once, and a text that many questions read is tokenized, cut and counted once.</summary>
public sealed class ContextReaderTests
{
    private static readonly SourceDocument[] Documents =
    [
        new("storm", "The captain saw a storm near the cape at dawn.", "ship"),
        new("cargo", "The captain sold the cargo in the harbour of the cape.", "ship"),
    ];

    [Fact]
    public async Task Ask_UnsureAndWidened_SearchesAndLoadsOnce()
    {
        var index = new CountingIndex(new InMemoryRetrievalIndex());
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint, "ship") { LogProbability = (_, _) => -3f }, index);
        await fake.IngestAsync(Documents);
        LlocoAnswer plain = await fake.AskAsync("captain cape", new AskOptions { TopK = 2 });
        int searches = index.Searches;
        (index.Searches, int before) = (0, index.Summaries.Count);
        index.Texts.Clear();
        index.Summaries.Clear();

        LlocoAnswer widened = await fake.AskAsync("captain cape", new AskOptions { TopK = 2, Expand = ExpandOptions.Auto });

        Assert.Equal((2, 2), (before, plain.Sources.Count));
        Assert.Equal(ExpandReason.LowConfidence, widened.Expansion!.Reason);
        Assert.Equal(searches, index.Searches);
        Assert.Equal(["cargo", "storm"], index.Summaries.Order());
        Assert.Equal(["cargo", "storm"], index.Texts.Order());
    }

    [Fact]
    public async Task Ask_NoHits_LoadsTheTextOnceForSourceAndPassage()
    {
        var index = new CountingIndex(new InMemoryRetrievalIndex());
        await using FakePipeline fake = await FakePipeline.CreateAsync(index: index);
        await fake.IngestAsync(Documents[0]);

        LlocoAnswer answer = await fake.AskAsync(
            "nothing of it", new AskOptions { DocumentIds = ["storm"], Expand = ExpandOptions.Always });

        Assert.Equal(["storm"], index.Texts);
        Assert.Null(answer.Expansion);
        Assert.Equal((0, 46), (Assert.Single(answer.Sources).Start, answer.Sources[0].End));
    }

    [Theory]
    [InlineData(ContextMode.Passages)]
    [InlineData(ContextMode.Truncated)]
    [InlineData(ContextMode.Full)]
    public async Task Ask_RawAgainAboutTheSameDocuments_TokenizesTheirTextsOnce(ContextMode mode)
    {
        var tokenizer = new CountingTokenizer();
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint), configure: builder => builder.UseTokenizer(tokenizer));
        await fake.IngestAsync(Documents);
        var options = new AskOptions { Context = mode, DocumentIds = ["storm", "cargo"] };
        await fake.AskAsync("captain", options);
        string first = fake.Decoder.LastPrompt;
        tokenizer.WithOffsets.Clear();

        await fake.AskAsync("captain", options);

        Assert.Equal(first, fake.Decoder.LastPrompt);
        Assert.True(
            tokenizer.WithOffsets.Count == (mode == ContextMode.Passages ? 2 : 0), string.Join(" | ", tokenizer.WithOffsets));
    }

    [Fact]
    public void Rank_PassagesOfSeveralTexts_AreScoredTogether()
    {
        string sea = string.Concat(Enumerable.Repeat("The sea was calm and grey. ", 30));
        var texts = new RawTexts(
            [("a", sea), (null, "A whale. " + sea + "The whale came back at noon.")], new CharacterTokenizer(), new PassageSplitter());
        var alone = new Bm25Index();
        RawPassage[] inOrder = [.. texts.Rank("unheard").OrderBy(passage => passage.Id is null)];
        for (int i = 0; i < inOrder.Length; i++)
        {
            alone.Add(i, inOrder[i].Text);
        }

        IReadOnlyList<RawPassage> ranked = texts.Rank("Where is the whale?");

        Assert.Null(ranked[0].Id);
        Assert.Contains("whale", ranked[0].Text, StringComparison.Ordinal);
        Assert.Equal(alone.Score("Where is the whale?").Values.Max(), ranked[0].Score);
        Assert.Equal(sea.Length + "A whale. ".Length + sea.Length + 28, ranked.Sum(passage => passage.Text.Length));
        Assert.True(texts.AreOf([("a", sea), (null, "A whale. " + sea + "The whale came back at noon.")]));
        Assert.False(texts.AreOf([("a", sea)]));
    }

    private sealed class CountingTokenizer : ITokenizer
    {
        private readonly CharacterTokenizer _inner = new();

        public List<string> WithOffsets { get; } = [];

        public string Fingerprint => _inner.Fingerprint;

        public int? BeginOfSequenceId => _inner.BeginOfSequenceId;

        public int VocabularySize => _inner.VocabularySize;

        public IReadOnlyList<int> EndOfSequenceIds => _inner.EndOfSequenceIds;

        public IReadOnlyList<int> Encode(string text) => _inner.Encode(text);

        public IReadOnlyList<TextToken> EncodeWithOffsets(string text)
        {
            WithOffsets.Add(text);
            return _inner.EncodeWithOffsets(text);
        }

        public string Decode(IEnumerable<int> ids) => _inner.Decode(ids);
    }
}
