using System.Diagnostics;
using System.Globalization;
using FinetuneDomain;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Models.Tiny;
using LLoCO.Training;
using LLoCO.Training.SelfStudy;

// A folder of documents with questions about some of them becomes an adapter that answers questions about all of them better.
//
//   FinetuneDomain [FOLDER | --museum] [--seed N] [--self-study | --base] [--model FOLDER] [--out DIR]
//
// FOLDER holds questions.jsonl, one {"document_path", "question", "answers"} a line, and the documents it names. Without FOLDER a
// practice folder is made, or with --museum one of a kind that no embedded model knows a word of, read by the one of an open
// vocabulary; --seed N makes other documents of that kind. The adapter, the index and all else stay in DIR (default:
// finetune-domain). With --self-study the labels are not learned from: the model asks itself about its raw text. With --base all weights
// are trained in place of an adapter: DIR/model becomes a model folder.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const string Adapter = "domain";
var clock = Stopwatch.StartNew();
Arguments arguments = Arguments.Parse(args);
string work = Path.GetFullPath(arguments.Out ?? "finetune-domain");
Directory.CreateDirectory(work);
var generation = new GenerationOptions { MaxNewTokens = 32 };
ModelPackage model = arguments.Model is { } own ? new ModelPackage(own) : arguments.Museum ? TinyModel.OpenPackage : TinyModel.Package;
await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder()
    .UseModel(model)
    .UseIndex(Path.Combine(work, "documents.db"))
    .UseGeneration(generation)
    .BuildAsync();

// 1. Questions with their documents; some documents are held out, so that what is measured was never trained on.
//    Another seed has a folder of its own: what an earlier run wrote is found again.
string Place(string kind) => Path.Combine(work, arguments.Seed is { } seed ? $"{kind}-{seed}" : kind);
string folder = arguments.Folder ?? (arguments.Museum
    ? MuseumFolder.Write(Place("museum"), arguments.Seed) : PracticeFolder.Write(Place("practice"), arguments.Seed));
(QuestionItem[] learned, QuestionItem[] heldOut) = HoldOut.Split(QuestionFile.Read(Path.Combine(folder, "questions.jsonl")));
Console.WriteLine(
    $"{folder}: {learned.Length} questions about {Documents(learned)} documents to learn from, {heldOut.Length} about "
    + $"{Documents(heldOut)} documents held out");

// 2. What the base model makes of the summary embeddings. Every document is compressed once, into the index.
EvaluatedQuestion[] before = await AskAsync(pipeline, heldOut, EvaluationMode.Compressed, null);
Console.WriteLine($"[{clock.Elapsed.TotalSeconds,5:F0} s] before: {Describe(before)}");

// 3. Examples: from the labels, or from what the model writes about its raw text.
IReadOnlyList<AdapterExample> labelled = await pipeline.LoadExamplesAsync(learned, Adapter);
IReadOnlyList<AdapterExample> examples = arguments.SelfStudy ? await StudyAsync(pipeline, learned, work) : labelled;

// 4. The adapter. Stopped at any instant, the same command with the same --out goes on where it was.
//    How it is trained the model says itself (lloco.json); what it leaves out is as in the original.
TrainingResult result = arguments.Base
    ? await BaseTraining.TrainAsync(model, learned, work, new Progress(clock))
    : await pipeline.CreateAdapterTrainer(ModelTrainingDefaults.Read(model.Folder))
        .TrainAsync(new AdapterExampleList(examples), Path.Combine(work, Adapter), progress: new Progress(clock));

// 5. The same questions again.
EvaluatedQuestion[] after;
if (arguments.Base)
{
    await using LlocoPipeline trained = await BaseTraining.OpenAsync(result, work, generation);
    after = await AskAsync(trained, heldOut, EvaluationMode.Compressed, null);
}
else
{
    await pipeline.LoadAdapterAsync(Adapter, result.Folder);
    after = await AskAsync(pipeline, heldOut, EvaluationMode.Lloco, Adapter);
}

Console.WriteLine($"[{clock.Elapsed.TotalSeconds,5:F0} s] after:  {Describe(after)}");
var guess = new GuessBaseline(learned);
var metric = new TokenF1Metric();
double[] guessed = [.. heldOut.Select(item => metric.Score(guess.Guess(item.Question), item.Answers))];
Console.WriteLine($"guessing the commonest answer: F1 {guessed.Average():P1}");
PairedDifference gain = PairedDifference.Create([.. after.Select(F1)], [.. before.Select(F1)]);
Console.WriteLine($"better by {gain.Mean:P1} [{gain.Interval.Low:P1}, {gain.Interval.High:P1}] (F1, the same questions)");
foreach ((EvaluatedQuestion was, EvaluatedQuestion now) in before.Zip(after)
    .Where(pair => F1(pair.First) < F1(pair.Second)).Take(3))
{
    Console.WriteLine($"  {was.Question}  before: {was.Prediction}  after: {now.Prediction}");
}

if (PairedDifference.Create([.. after.Select(F1)], guessed).Mean < 0.05)
{
    Console.WriteLine("The result is hardly better than guessing: the model may not know the words of these documents. Take one that does.");
}

Console.WriteLine(
    $"finetune-domain: before={before.Average(F1):F3} after={after.Average(F1):F3} questions={after.Length} "
    + $"examples={examples.Count} steps={result.Steps} seconds={clock.Elapsed.TotalSeconds:F0} {(arguments.Base ? "model" : "adapter")}={result.Folder}");
return 0;

static async Task<IReadOnlyList<AdapterExample>> StudyAsync(LlocoPipeline pipeline, QuestionItem[] learned, string work)
{
    // Replies are kept in the file: what was written once is not written again.
    using StudyCache cache = StudyCache.Open(Path.Combine(work, "study.jsonl"));
    StudyDocument[] documents =
        [.. learned.DistinctBy(item => item.DocumentId).Select(item => new StudyDocument(item.DocumentId!, item.Document!))];
    // A model without an adapter that writes questions has them made of the documents' own sentences.
    (ITeacher teacher, StudyPrompt prompt) = pipeline.Adapters.Contains(ModelTeacherOptions.TeacherAdapter)
        ? (pipeline.CreateTeacher(), StudyPrompt.Cue) : (new ClozeTeacher(), StudyPrompt.Cloze);
    var study = new SelfStudyGenerator(
        teacher, pipeline.Tokenizer,
        new SelfStudyOptions { Prompts = [prompt], ChunkTokens = pipeline.Fingerprint.SegmentLength, PairsPerRequest = 16 }, cache);
    StudyResult result = await study.RunAsync(documents);
    Console.WriteLine(
        $"self-study wrote {result.Pairs.Count} questions with answers; dropped "
        + (result.Dropped.Count == 0 ? "none" : string.Join(", ", result.Dropped.Select(one => $"{one.Value} {one.Key}"))));
    foreach (StudyPair pair in result.Pairs.Take(3))
    {
        Console.WriteLine($"  {pair.Question}  {pair.Answer}");
    }

    return await pipeline.LoadExamplesAsync(result.Pairs, Adapter);
}

static async Task<EvaluatedQuestion[]> AskAsync(
    LlocoPipeline pipeline, QuestionItem[] questions, EvaluationMode mode, string? adapter) =>
    await new Evaluator(pipeline, [new EvaluationRow(mode, adapter)]).AskAsync(questions).ToArrayAsync();

static double F1(EvaluatedQuestion question) => question.Scores["f1"];

static int Documents(QuestionItem[] questions) => questions.Select(item => item.DocumentId).Distinct().Count();

static string Describe(EvaluatedQuestion[] questions) =>
    $"F1 {Mean(questions, "f1")}, exact {Mean(questions, "em")} over {questions.Length} questions";

static string Mean(EvaluatedQuestion[] questions, string metric)
{
    double[] scores = [.. questions.Select(question => question.Scores[metric])];
    BootstrapInterval interval = BootstrapInterval.OfMean(scores);
    return $"{scores.Average():P1} [{interval.Low:P1}, {interval.High:P1}]";
}
