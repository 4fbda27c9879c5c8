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
