using System.Text.Json;
using LLoCO.Core.Numerics;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Writes documents of words that no stage was trained on, with questions in the words of a stage, as files for
/// <c>lloco eval</c>.</summary>
internal static class OpenQuestions
{
    /// <summary>The documents of the figures in docs/model-card.md.</summary>
    private const int Seed = 4_242_077;

    /// <summary>Writes the documents and <c>questions.jsonl</c>.</summary>
    /// <param name="stagesFile">The plan.</param>
    /// <param name="name">The stage whose make of documents it is.</param>
    /// <param name="runs">The folder of its tokenizer.</param>
    /// <param name="data">Public data.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="documents">How many documents.</param>
    /// <param name="segments">Segments of each.</param>
    /// <param name="heldOut">The seed of other documents, whose relations and wordings are those that training never sees.</param>
    internal static int Run(
        string stagesFile, string name, string runs, TrainingData data, string folder, int documents, int segments, int? heldOut = null)
    {
        StageFile plan = StageFile.Read(stagesFile);
        TrainingStage stage = plan.Stages.First(candidate => candidate.Name == name);
        ITokenizer tokenizer = SentencePieceTokenizer.Load(Path.Combine(runs, StageRun.TokenizerFile));
        OpenLexicon lexicon = OpenLexicon.OfTexts(data.BookTexts(), heldOut: true);
        BookNoise? noise = stage.OpenNoise ? new BookNoise(data, new WordEncoder(tokenizer)) : null;
        OpenExampleOptions options = OpenExampleOptions.For(stage) with
        {
            AsksPerFact = 1, LanguageWeight = 0, RestoreShare = 0, ItemsPerExample = 8, QuestionShare = 1, HeldOut = heldOut is not null,
        };
        var examples = new OpenExamples(tokenizer, options, lexicon, noise is null ? null : noise.Take);
        Directory.CreateDirectory(Path.Combine(folder, "documents"));
        using var questions = new StreamWriter(Path.Combine(folder, "questions.jsonl"));
        for (int document = 0; document < documents;)
        {
            SeededRandom random = SeededRandom.For(heldOut ?? Seed, $"{segments}/{document}");
            TrainingExample? example;
            while ((example = examples.Next(random, segments, alone: true, raw: true)) is null)
            {
            }

            string path = $"documents/open-{document}.txt";
            File.WriteAllText(Path.Combine(folder, path), tokenizer.Decode(example.Segments.SelectMany(segment => segment)));
            foreach ((TrainingItem item, int place) in example.Items.Select((item, place) => (item, place)))
            {
                questions.WriteLine(JsonSerializer.Serialize(new
                {
                    id = $"open-{document}-{place}",
                    group = "open",
                    document_path = path,
                    question = Bare(tokenizer.Decode(item.Ids[..item.Target])),
                    answers = new[] { tokenizer.Decode(item.Ids[item.Target..(item.Target + item.TargetLength)]) },
                }));
            }

            document++;
        }

        return 0;
    }

    /// <summary>The question without the prompt around it, which the model's folder brings.</summary>
    private static string Bare(string prompted)
    {
        string[] around = SynthExamples.Prompt("\n").Split('\n');
        return prompted[around[0].Length..^around[1].Length];
    }
}
