using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation.Synth;
using LLoCO.Models.Tiny;
using LLoCO.Training.Memories;

// A document is learned offline by a model that was never trained to compress: its keys and values are kept at an eighth of their number,
// and questions are answered from them.
//   dotnet run --project samples/AnyCheckpoint -c Release                                         the embedded model
//   dotnet run --project samples/AnyCheckpoint -c Release -- Qwen3-0.6B notes.txt "Who signed?"   yours
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder()
    .UseKeyValueMemory(new KeyValueMemoryOptions { Ratio = 8 })
    .UseGeneration(new GenerationOptions { MaxNewTokens = 48 });
(SourceDocument document, string[] questions) = args switch
{
    [] => Practice(),
    [_, { } file, .. { Length: > 0 } asked] when File.Exists(file) => (new SourceDocument(file, File.ReadAllText(file)), asked),
    _ => throw new ArgumentException("Give nothing, or a model folder, a text file and questions."),
};
await using LlocoPipeline pipeline = await (args is [{ } folder, ..] ? builder.UseCheckpoint(folder) : builder.UseTinyModel()).BuildAsync();

await foreach (IngestResult result in pipeline.IngestAsync([document]))
{
    result.EnsureSuccess();
    Console.WriteLine($"{result.Tokens} tokens -> {result.SummaryVectors} slots in {result.Elapsed.TotalSeconds:F1} s");
}

foreach (string question in questions)
{
    LlocoAnswer answer = await pipeline.AskAsync(question);
    Console.WriteLine($"{question}\n  {answer.Text} ({answer.Times.FirstToken.TotalMilliseconds:F0} ms to the first token)");
}

static (SourceDocument Document, string[] Questions) Practice()
{
    SynthDocument made = new SynthGenerator(2026).Write("ship", number: 0, tokens: 640);
    return (new SourceDocument(made.Id, made.Text, made.Group), [.. made.Facts.Select(fact => fact.Question)]);
}
