using LLoCO.Core.Synth;
using LLoCO.Core.Tokenization;

namespace TinyModel;

/// <summary>Trains the embedded model's tokenizer on documents of the practice corpus.</summary>
internal static class TokenizerStage
{
    private const int Documents = 600;
    private const int TokensPerDocument = 2000;
    private const int Vocabulary = 3072;

    internal static int Run(string path)
    {
        var random = new SynthRandom(1);
        IEnumerable<string> lines = Enumerable.Range(0, Documents).SelectMany(i =>
            new SynthGenerator(i).Write(random.Pick(SynthGenerator.Groups), i, TokensPerDocument).Text.Split('\n'));
        using FileStream file = File.Create(path);
        var options = new SentencePieceTrainerOptions { VocabularySize = Vocabulary, RequiredWords = SynthVocabulary.Words() };
        SentencePieceTrainer.Train(lines, options, file);
        return 0;
    }
}
