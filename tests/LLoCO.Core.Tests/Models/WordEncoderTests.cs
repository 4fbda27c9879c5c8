using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Models.Tiny.Training;
using LLoCO.Training;
using LLoCO.Training.Tokenization;

namespace LLoCO.Core.Tests.Models;

public sealed class WordEncoderTests
{
    [Fact]
    public void Encode_Document_EqualsTheTokenizer()
    {
        using var stream = new MemoryStream();
        string text = new SynthGenerator(3).Write("town", 0, 1500).Text;
        SentencePieceTrainer.Train([text], new SentencePieceTrainerOptions { VocabularySize = 700 }, stream);
        stream.Position = 0;
        ITokenizer tokenizer = SentencePieceTokenizer.Load(stream);

        var ids = new List<int>();
        var starts = new List<int>();
        new WordEncoder(tokenizer).Encode(text, ids, starts);

        Assert.Equal(tokenizer.Encode(text), ids);
        Assert.Equal(text.Split(' ').Length, starts.Count);
    }
}
