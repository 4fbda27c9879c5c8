using System.Globalization;
using LLoCO.Core;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Reports;
using LLoCO.Evaluation.Synth;
using LLoCO.Models.Tiny;

// Is compression worth it for these documents and questions? The same questions are asked in every way: alone, of the text as far
// as it fits the window, of the passages that a search finds, of the summary embeddings without and with an adapter.
//
//   Evaluate [QUESTIONS.jsonl] [REPORT_FOLDER]
//
// Without a question file (lines {"id", "group", "document" or "document_path", "question", "answers"}), documents that the
// embedded model has never seen are generated.
const int Seed = 2027;
const int WindowsPerDocument = 6;
const int QuestionsPerDocument = 25;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder().UseTinyModel().BuildAsync();

IEnumerable<QuestionItem> questions = args.Length > 0 ? QuestionFile.Stream(args[0]) : Generate(pipeline);
EvaluationRow[] rows =
[
    new(EvaluationMode.None), new(EvaluationMode.Truncate), new(EvaluationMode.Retrieve), new(EvaluationMode.Compressed),
    new(EvaluationMode.Lloco),
];

// Every answer is kept at once: stopped at any instant, the same command goes on where it was.
string? folder = args.Length > 1 ? Directory.CreateDirectory(args[1]).FullName : null;
var settings = new Dictionary<string, string> { ["fingerprint"] = pipeline.Fingerprint.ToString() };
using EvaluationResultsFile? results =
    folder is null ? null : EvaluationResultsFile.Open(Path.Combine(folder, "results.jsonl"), settings);
var evaluator = new Evaluator(pipeline, rows, results: results);
var answers = new List<EvaluatedQuestion>();
await foreach (EvaluatedQuestion answer in evaluator.AskAsync(questions))
{
    answers.Add(answer);
}

var table = new EvaluationTable(answers);
Console.WriteLine($"{"mode",-12}{"right",9}{"95 % interval",20}{"tokens of text",17}{"in the decoder",17}{"first token",14}");
foreach (EvaluationReport row in table.Rows.Select(row => table.Find(row)!))
{
    BootstrapInterval interval = row.Intervals["em"];
    Console.WriteLine(
        $"{row.Row,-12}{row.Metrics["em"],9:P1}{$"[{interval.Low:P0}, {interval.High:P0}]",20}{row.RawTokens,17:F0}"
        + $"{row.DecoderTokens,17:F0}{row.SecondsFirstToken,12:F3} s");
}

PairedDifference gain = table.Compare("lloco", "truncate")!.Metrics["em"];
Console.WriteLine(
    $"lloco - truncate: {100 * gain.Mean:+0.0;-0.0} points "
    + $"[{100 * gain.Interval.Low:+0.0;-0.0}, {100 * gain.Interval.High:+0.0;-0.0}]");
if (folder is not null)
{
    new EvaluationReportFiles(table, pipeline.NativeWindow) { Settings = settings }.Write(folder);
    Console.WriteLine($"The report is {Path.Combine(folder, EvaluationReportFiles.Page)}");
}

return 0;

static IEnumerable<QuestionItem> Generate(LlocoPipeline pipeline)
{
    foreach (string group in SynthGenerator.Groups)
    {
        SynthDocument document = new SynthGenerator(Seed).Write(group, number: 0, WindowsPerDocument * pipeline.NativeWindow);
        int count = Math.Min(QuestionsPerDocument, document.Facts.Count);
        for (int i = 0; i < count; i++)
        {
            SynthFact fact = document.Facts[i * document.Facts.Count / count];
            yield return new QuestionItem($"{group}-{i}", group, document.Id, document.Text, fact.Question, [fact.Value], []);
        }
    }
}
