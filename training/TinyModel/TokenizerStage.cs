using LLoCO.Core.Checkpoints;
using LLoCO.Core.Synth;
using LLoCO.Core.Tokenization;

namespace TinyModel;

/// <summary>Trains the embedded model's tokenizer on documents of the practice corpus.</summary>
internal static class TokenizerStage
{
    private const int Documents = 600;
    private const int TokensPerDocument = 2000;
    private const int FactsPerDocument = 40;
    private const int Vocabulary = 3072;

    internal static int Run(string path)
    {
        var random = new SynthRandom(1);
        IEnumerable<string> lines = Enumerable.Range(0, Documents).SelectMany(slot => Write(slot, random).Text.Split('\n'));
        var options = new SentencePieceTrainerOptions { VocabularySize = Vocabulary, RequiredWords = SynthVocabulary.Words() };
        AtomicFile.Write(path, file => SentencePieceTrainer.Train(lines, options, file));
        return 0;
    }

    private static SynthDocument Write(int slot, SynthRandom random)
    {
        SynthGroup group = SynthGroup.Named(random.Pick(SynthGenerator.Groups));
        var shape = new SynthShape(TokensPerDocument, FactsPerDocument);
        return SynthGenerator.Write(group, group.Name, random, SynthFactSpace.OfTraining(slot, names: 0), shape);
    }
}
