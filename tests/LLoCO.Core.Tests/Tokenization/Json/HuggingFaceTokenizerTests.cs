using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tests.Tokenization.Json;

/// <summary>Compared with ids of huggingface/tokenizers.</summary>
public sealed class HuggingFaceTokenizerTests
{
    public static TheoryData<string> Here => new(TokenizerPairs.Here);

    [Theory]
    [MemberData(nameof(Here))]
    public void Encode_PairsOfTheRepository_GiveTheReferencesIds(string name) =>
        AssertPairs(HuggingFaceTokenizer.Load(TokenizerPairs.FileOf(name)), TokenizerPairs.Of(name));

    [Theory]
    [InlineData("deepseek_v3")]
    [InlineData("gemma3")]
    [InlineData("gptoss")]
    [InlineData("llama2")]
    [InlineData("llama3_1")]
    [InlineData("mistral7b_v01")]
    [InlineData("qwen3")]
    public void Encode_PairsOfTheSharedData_GiveTheReferencesIds(string name) =>
        AssertPairs(
            HuggingFaceTokenizer.Load(SharedTokenizers.RequireJson(name)),
            TokenizerPairs.Read(SharedTokenizers.Require($"json/{name}/pairs.json")));

    [Theory]
    [MemberData(nameof(Here))]
    public void EncodeWithOffsets_Pairs_LieInTheTextInOrder(string name)
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf(name));
        foreach (TokenizerPair pair in TokenizerPairs.Of(name))
        {
            IReadOnlyList<TextToken> tokens = tokenizer.EncodeWithOffsets(pair.Text);

            Assert.Equal(tokenizer.Encode(pair.Text), tokens.Select(token => token.Id));
            int position = 0;
            foreach (TextToken token in tokens)
            {
                Assert.InRange(token.Start, position, pair.Text.Length);
                Assert.InRange(token.Length, 0, pair.Text.Length - token.Start);
                position = token.Start + token.Length;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Here))]
    public void Append_IdsOneByOne_GiveTheWholeText(string name)
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf(name));
        foreach (TokenizerPair pair in TokenizerPairs.Of(name))
        {
            var detokenizer = new IncrementalDetokenizer(tokenizer);

            string text = string.Concat(pair.Plain.Select(detokenizer.Append)) + detokenizer.Flush();

            Assert.Equal(tokenizer.Decode(pair.Plain), text);
        }
    }

    [Fact]
    public void Decode_UnfinishedBytes_AreOneReplacementCharacter()
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf("syn_bytefallback_metaspace_never"));
        IReadOnlyList<int> ids = tokenizer.Encode("\u6F22"); // three byte pieces

        Assert.Equal(3, ids.Count);
        Assert.Equal("\uFFFD", tokenizer.Decode(ids.Take(2)));
        Assert.Equal("\u6F22\uFFFD", tokenizer.Decode(ids.Concat(ids.Take(1))));
    }

    [Fact]
    public void Encode_ManyThreads_GiveTheSameIds()
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf("qwen3_cut"));
        IReadOnlyList<TokenizerPair> pairs = TokenizerPairs.Of("qwen3_cut");

        Parallel.For(0, 4 * pairs.Count, i =>
        {
            TokenizerPair pair = pairs[i % pairs.Count];
            Assert.Equal(pair.Plain, tokenizer.Encode(pair.Text));
        });
    }

    // Each a run without a break, of one kind of character that some expression or step looks far ahead over.
    [Theory]
    [InlineData("qwen3_cut")]
    [InlineData("gptoss_cut")]
    [InlineData("syn_bytelevel_split")]
    [InlineData("syn_bytelevel_digits")]
    public void Encode_LongRuns_TakeStepsInProportion(string name)
    {
        const int Length = 60_000;
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf(name));
        foreach (string unit in new[] { "a", "A", "7", " ", "\n", " \n", "\u6F22", "\U0001F600", "!", "\u0301", "\u2581", "<", "'s", "aB" })
        {
            string text = string.Concat(Enumerable.Repeat(unit, Length / unit.Length));

            Assert.InRange(tokenizer.CountPatternSteps(text), 1, 20L * Length);
        }
    }

    private static void AssertPairs(HuggingFaceTokenizer tokenizer, IReadOnlyList<TokenizerPair> pairs)
    {
        Assert.NotEmpty(pairs);
        foreach (TokenizerPair pair in pairs)
        {
            Assert.True(
                pair.Plain.SequenceEqual(tokenizer.Encode(pair.Text)),
                $"\"{pair.Text}\": {string.Join(' ', tokenizer.Encode(pair.Text))}, not {string.Join(' ', pair.Plain)}");
            Assert.Equal(pair.Decoded, tokenizer.Decode(pair.Ids));
        }
    }
}
