using System.Diagnostics;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Evaluation;
using LLoCO.Orleans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// Asks the silos of a running cluster: each question goes to the silo that holds its document and adapter.
//
//   Cluster FOLDER QUESTIONS.jsonl [AT_ONCE]
//
// FOLDER is the folder that the silos share. samples/Cluster/run.sh starts silos, compresses documents and calls this program.
if (args.Length < 2)
{
    Console.Error.WriteLine("Cluster FOLDER QUESTIONS.jsonl [AT_ONCE]");
    return 2;
}

int atOnce = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 8;
HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.AddLlocoCluster(new ClusterOptions { Folder = args[0] });
using IHost host = builder.Build();
await LlocoCluster.ConnectAsync(host, TimeSpan.FromSeconds(30));
LlocoCluster cluster = host.Services.GetRequiredService<LlocoCluster>();

IReadOnlyList<QuestionItem> questions = QuestionFile.Read(args[1]);
int right = 0, refused = 0;
long start = Stopwatch.GetTimestamp();
await Parallel.ForEachAsync(questions, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (item, cancellationToken) =>
{
    try
    {
        LlocoAnswer answer = await cluster.AskAsync(item.Question, new AskOptions { Group = item.Group }, cancellationToken);
        Interlocked.Add(ref right, item.Answers.Contains(answer.Text, StringComparer.OrdinalIgnoreCase) ? 1 : 0);
    }
    catch (ClusterBusyException)
    {
        // The silo has as many questions as it may have; a real client asks again later.
        Interlocked.Increment(ref refused);
    }
});
double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{questions.Count} questions, {right} right, {refused} refused, {questions.Count / seconds:F1} answers/s with {atOnce} at once"));
await host.StopAsync();
return 0;
