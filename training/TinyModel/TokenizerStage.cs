using LLoCO.Core.Checkpoints;
using LLoCO.Core.Numerics;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Training.Tokenization;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Trains the embedded model's tokenizer on documents of the practice corpus and on the public training texts.</summary>
internal static class TokenizerStage
{
    private const int Documents = 600;
    private const int TokensPerDocument = 2000;
    private const int FactsPerDocument = 40;
    private const int OpenFactsPerDocument = 80;
    private const int Vocabulary = 8192;
    private const int OpenVocabulary = 4096;

    internal static int Run(string path, TrainingData data)
    {
        var random = new SeededRandom(1);
        IEnumerable<string> practice = Enumerable.Range(0, Documents).Select(slot => Write(slot, random).Text);
        IEnumerable<string> books = data.BookTexts();
        IEnumerable<string> stories = data.Fairytales().DistinctBy(item => item.DocumentId).Select(item => item.Document!);
        IEnumerable<string> questions = data.Fairytales().SelectMany(item => item.Answers.Prepend(item.Question));
        var options = new SentencePieceTrainerOptions
        {
            VocabularySize = Vocabulary,
            RequiredWords = [.. SynthVocabulary.Words().Concat(BabiExamples.Words(data)).Distinct()],
        };
        IEnumerable<string> lines = practice.Concat(books).Concat(stories).Concat(questions).SelectMany(text => text.Split('\n'));
        AtomicFile.Write(path, file => SentencePieceTrainer.Train(lines, options, file));
        return 0;
    }

    /// <summary>Trains a tokenizer that knows no word beforehand: on the public texts and on facts of the open practice corpus, of
    /// whose made-up words it learns the syllables.</summary>
    internal static int RunOpen(string path, TrainingData data)
    {
        var corpus = new OpenCorpus(OpenLexicon.OfTexts(data.BookTexts()), text => 1);
        var shape = new OpenShape(OpenFactsPerDocument) { MinPieces = 1 };
        IEnumerable<string> facts = Enumerable.Range(0, Documents)
            .SelectMany(number => corpus.Draw(SeededRandom.For(1, $"tokenizer/{number}"), shape)).Select(fact => fact.Sentence);
        IEnumerable<string> stories = data.Fairytales().DistinctBy(item => item.DocumentId).Select(item => item.Document!);
        IEnumerable<string> questions = data.Fairytales().SelectMany(item => item.Answers.Prepend(item.Question));
        var options = new SentencePieceTrainerOptions { VocabularySize = OpenVocabulary };
        IEnumerable<string> lines = facts.Concat(data.BookTexts()).Concat(stories).Concat(questions)
            .SelectMany(text => text.Split('\n'));
        AtomicFile.Write(path, file => SentencePieceTrainer.Train(lines, options, file));
        return 0;
    }

    private static SynthDocument Write(int slot, SeededRandom random)
    {
        SynthGroup group = SynthGroup.Named(random.Pick(SynthGenerator.Groups));
        var shape = new SynthShape(TokensPerDocument, FactsPerDocument);
        return SynthGenerator.Write(group, group.Name, random, SynthFactSpace.OfTraining(slot, names: 0), shape);
    }
}
