using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Tests.Decoding.Sampling;

/// <summary>Rows of the head without a piece are never chosen, however likely; an end of the answer among them is.</summary>
public sealed class KnownTokensTests
{
    private static readonly ITokenizer Tokenizer = new NumberTokenizer();

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(0.8, 1.0)]
    [InlineData(0.8, 0.3)]
    public void Next_RowsBeyondThePieces_AreNeverChosen(double temperature, double topP)
    {
        float[] logits = new float[Tokenizer.VocabularySize + 3];
        logits[^1] = 50;
        logits[5] = 2;
        var sampler = new TokenSampler(
            new GenerationOptions { Temperature = temperature, TopP = topP, Seed = 1 }, KnownTokens.Create(Tokenizer, []));

        Assert.All(Enumerable.Range(0, 200), _ => Assert.InRange(sampler.Next(logits).Id, 0, Tokenizer.VocabularySize - 1));
    }

    [Fact]
    public void Next_EndBeyondThePieces_IsChosenWithItsOwnProbability()
    {
        int end = Tokenizer.VocabularySize + 1;
        float[] logits = [.. Enumerable.Repeat(-50f, Tokenizer.VocabularySize + 3)];
        (logits[5], logits[end], logits[end - 1]) = (0, MathF.Log(3), 40);
        var sampler = new TokenSampler(
            new GenerationOptions { RepetitionPenalty = 1.1 }, KnownTokens.Create(Tokenizer, [end, 2, logits.Length + 9]));
        sampler.Observe([end, 3]);

        (int id, float logProbability) = sampler.Next(logits);

        Assert.Equal(end, id);
        Assert.Equal(Math.Log(0.75), logProbability, 1e-5);
    }

    [Fact]
    public void Decode_EndsAndIdsWithoutPiece_AreNothing()
    {
        ModelTokenizer tokenizer = ModelTokenizer.Create(Tokenizer, [7, Tokenizer.VocabularySize + 4]);
        IReadOnlyList<int> ids = [.. Tokenizer.EndOfSequenceIds, 7, Tokenizer.VocabularySize + 4];

        Assert.Equal(ids.Distinct(), tokenizer.EndOfSequenceIds);
        Assert.Equal(Tokenizer.Decode([5, 6]), tokenizer.Decode([5, 7, Tokenizer.VocabularySize + 4, 6, Tokenizer.VocabularySize + 50]));
        Assert.Equal(Tokenizer.Fingerprint, tokenizer.Fingerprint);
    }
}
