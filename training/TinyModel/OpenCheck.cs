using System.Text.Json;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Numerics;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Asks a finished stage about open documents of words that it was not trained on, and counts the values that greedy
/// decoding would give to the last piece and the end.</summary>
internal static class OpenCheck
{
    private const int Documents = 96;
    private const int Abreast = 16;

    /// <summary>The documents of the figures in docs/training.md.</summary>
    internal const int Seed = 4_242_003;

    internal static int Run(string stagesFile, string name, string runs, TrainingData data, int seed = Seed)
    {
        StageFile plan = StageFile.Read(stagesFile);
        TrainingStage stage = plan.Stages.First(candidate => candidate.Name == name);
        set_num_threads(1);
        ITokenizer tokenizer = SentencePieceTokenizer.Load(Path.Combine(runs, StageRun.TokenizerFile));
        LlamaConfig config = plan.Model.ToConfig(tokenizer.VocabularySize);
        using var model = new LlamaModel(StageCheckpoint.LoadModel(Path.Combine(runs, name), config, besides: StageTrainer.MapName));
        using Tensor? map = StageRun.Projector(stage with { From = name }, runs, config.HiddenSize, CPU);
        foreach (bool heldOut in (bool[])[false, true])
        {
            using var trainer = new StageTrainer(stage, model, null, Examples(stage, tokenizer, data, heldOut), map);
            foreach (bool raw in (bool[])[true, false])
            {
                if (raw ? stage.RawShare > 0 : stage.RawShare < 1)
                {
                    Report(stage, trainer, raw, heldOut, seed);
                }
            }
        }

        return 0;
    }

    private static OpenExamples Examples(TrainingStage stage, ITokenizer tokenizer, TrainingData data, bool heldOut)
    {
        OpenLexicon lexicon = OpenLexicon.OfTexts(data.BookTexts(), heldOut: true);
        BookNoise? noise = stage.OpenNoise ? new BookNoise(data, new WordEncoder(tokenizer)) : null;
        OpenExampleOptions options = OpenExampleOptions.For(stage) with
        {
            HeldOut = heldOut, AsksPerFact = 1, LanguageWeight = 0, RestoreShare = 0,
        };
        return new OpenExamples(tokenizer, options, lexicon, noise is null ? null : noise.Take);
    }

    private static void Report(TrainingStage stage, StageTrainer trainer, bool raw, bool heldOut, int seed)
    {
        int segments = raw ? stage.RawSegments : stage.MaxSegments;
        (int exact, int first, int asked) = (0, 0, 0);
        for (int batch = 0; batch < Documents / Abreast; batch++)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable guard = no_grad();
            OpenScore score = trainer.Ask(SeededRandom.For(seed, $"{heldOut}/{batch}"), segments, Abreast, raw);
            (exact, first, asked) = (exact + score.Exact, first + score.First, asked + score.Asked);
        }

        Console.WriteLine(JsonSerializer.Serialize(new
        {
            stage = stage.Name,
            prefix = raw ? "raw" : "summary",
            seed,
            segments,
            relations = heldOut ? "held out" : "known",
            asked,
            first = Share(first, asked),
            exact = Share(exact, asked),
            margin = Math.Round(1.96 * Math.Sqrt(exact * (1.0 - ((double)exact / asked))) / asked, 4),
        }));
    }

    private static double Share(int count, int of) => Math.Round((double)count / of, 4);
}

/// <summary>Answers counted.</summary>
/// <param name="Exact">Right to the last piece and the end.</param>
/// <param name="First">Right in their first piece.</param>
/// <param name="Asked">All of them.</param>
internal readonly record struct OpenScore(int Exact, int First, int Asked);
