using System.Diagnostics;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Evaluation;
using LLoCO.Evaluation.Synth;
using LLoCO.Models.Tiny;

// Three long documents, one per group, that the model has never seen: each at least eight of its native windows long. They are
// compressed once, stored in a file, found again by the question alone, and answered from their summary embeddings. Beside it,
// the same model and adapter answer from the raw text as far as it fits the window: the truncated context.
const int Seed = 2026;
const int WindowsPerDocument = 8;
const int QuestionsPerDocument = 40;
const int QuestionsShown = 6;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
string folder = Directory.CreateTempSubdirectory("lloco-quickstart-").FullName;
try
{
    await using LlocoPipeline pipeline = await LlocoPipeline.CreateBuilder()
        .UseTinyModel()
        .UseIndex(Path.Combine(folder, "documents.db"))
        .BuildAsync();
    SynthDocument[] documents = SynthGenerator.Groups.Select(group => Write(pipeline, group)).ToArray();

    Console.WriteLine($"The model's native window is {pipeline.NativeWindow} tokens. Compressing {documents.Length} documents:");
    (int tokens, int vectors) = await CompressAsync(pipeline, documents);

    Console.WriteLine();
    Console.WriteLine("Asking; retrieval finds the document by the question alone:");
    var fromSummary = new Tally();
    var fromRawText = new Tally();
    var asked = new List<string>();
    foreach (SynthDocument document in documents)
    {
        await AskAsync(pipeline, document, fromSummary, fromRawText, asked);
    }

    // A draw over all of them, wrong answers included: the tally below is not to look worse or better than what is shown.
    string[] drawn = [.. asked];
    new Random(Seed).Shuffle(drawn);
    Console.WriteLine($"  {Math.Min(QuestionsShown, drawn.Length)} of {drawn.Length}, drawn by lot:");
    foreach (string one in drawn.Take(QuestionsShown))
    {
        Console.WriteLine(one);
    }

    Console.WriteLine();
    Console.WriteLine($"from summary embeddings   {fromSummary}");
    Console.WriteLine($"from truncated raw text   {fromRawText}");
    Console.WriteLine(
        $"demo: right={fromSummary.Right}/{fromSummary.Asked} truncated={fromRawText.Right}/{fromRawText.Asked} tokens={tokens} "
        + $"summary={vectors} ratio={(double)tokens / vectors:F1} seconds={clock.Elapsed.TotalSeconds:F1}");
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static SynthDocument Write(LlocoPipeline pipeline, string group)
{
    int wanted = WindowsPerDocument * pipeline.NativeWindow;
    for (int length = wanted; ; length += wanted / 20)
    {
        SynthDocument document = new SynthGenerator(Seed).Write(group, number: 0, length);
        if (pipeline.Tokenizer.Encode(document.Text).Count >= wanted)
        {
            return document;
        }
    }
}

static async Task<(int Tokens, int Vectors)> CompressAsync(LlocoPipeline pipeline, SynthDocument[] documents)
{
    int tokens = 0;
    int vectors = 0;
    await foreach (IngestResult result in pipeline.IngestAsync(
        documents.Select(document => new SourceDocument(document.Id, document.Text, document.Group))))
    {
        result.EnsureSuccess();
        tokens += result.Tokens;
        vectors += result.SummaryVectors;
        Console.WriteLine(
            $"  {result.DocumentId,-24} {result.Tokens,6} tokens ({(double)result.Tokens / pipeline.NativeWindow:F1} windows) -> "
            + $"{result.SummaryVectors,4} summary embeddings in {result.Elapsed.TotalSeconds:F1} s");
    }

    return (tokens, vectors);
}

static async Task AskAsync(
    LlocoPipeline pipeline, SynthDocument document, Tally fromSummary, Tally fromRawText, List<string> asked)
{
    var metric = new ExactMatchMetric();
    foreach (SynthFact fact in Spread(document.Facts, QuestionsPerDocument))
    {
        LlocoAnswer answer = await pipeline.AskAsync(fact.Question);
        bool right = metric.Score(answer.Text, [fact.Value]) == 1;
        fromSummary.Add(right, answer);

        LlocoAnswer truncated = await pipeline.AskAsync(
            fact.Question,
            new AskOptions { Context = ContextMode.Truncated, DocumentIds = [document.Id], Adapter = document.Group });
        fromRawText.Add(metric.Score(truncated.Text, [fact.Value]) == 1, truncated);
        AnswerSource source = answer.Sources[0];
        asked.Add(
            $"  {fact.Question}{Environment.NewLine}    {answer.Text} ({(right ? "right" : $"wrong: {fact.Value}")}; "
            + $"{source.DocumentId} [{source.Start}..{source.End}], {answer.Tokens.Summary} summary embeddings for "
            + $"{answer.Tokens.Raw} tokens)");
    }
}

static IEnumerable<SynthFact> Spread(IReadOnlyList<SynthFact> facts, int count) =>
    Enumerable.Range(0, Math.Min(count, facts.Count)).Select(i => facts[i * facts.Count / Math.Min(count, facts.Count)]);

internal sealed class Tally
{
    private double _firstToken;

    public int Asked { get; private set; }

    public int Right { get; private set; }

    public void Add(bool right, LlocoAnswer answer)
    {
        Asked++;
        Right += right ? 1 : 0;
        _firstToken += answer.Times.FirstToken.TotalMilliseconds;
    }

    public override string ToString() =>
        $"{Right} of {Asked} right ({(double)Right / Asked:P0}), {_firstToken / Asked:F0} ms to the first token";
}
