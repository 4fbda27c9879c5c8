using System.CommandLine;
using LLoCO.Serving;

// What the server costs over the pipeline (overhead), and a load of many clients on a server that runs already (load).
var index = new Option<string>("--index") { Description = "Index file.", Required = true };
var model = new Option<string?>("--model") { Description = "Model folder; default: the embedded model." };
var question = new Option<string>("--question") { Description = "The question.", DefaultValueFactory = _ => "Who was the captain?" };
var rounds = new Option<int>("--rounds") { Description = "Questions on each side, in turn.", DefaultValueFactory = _ => 60 };
var tokens = new Option<int>("--tokens") { Description = "Most tokens of an answer.", DefaultValueFactory = _ => 32 };
var threads = new Option<int>("--threads") { Description = "Threads of decode steps; 0 for the number of cores." };
var overhead = new Command("overhead", "Asks the pipeline and its server in turn, in one process.") { index, model, question, rounds, tokens, threads };
overhead.SetAction(async (parsed, cancellationToken) =>
{
    await OverheadRun.RunAsync(
        parsed.GetValue(index)!, parsed.GetValue(model), parsed.GetValue(question)!, parsed.GetValue(rounds), parsed.GetValue(tokens),
        parsed.GetValue(threads), cancellationToken).ConfigureAwait(false);
    return 0;
});

var url = new Option<string>("--url") { Description = "A server on this machine.", DefaultValueFactory = _ => "http://127.0.0.1:8400" };
var clients = new Option<int>("--clients") { Description = "Clients that ask at the same time, one question each.", DefaultValueFactory = _ => 64 };
var process = new Option<int?>("--process") { Description = "Id of the server's process, for its memory." };
var load = new Command("load", "Asks a server's documents, one after the other, by many clients at once.") { url, clients, question, tokens, process };
load.SetAction(async (parsed, cancellationToken) =>
{
    await new LoadRun(new Uri(parsed.GetValue(url)!), parsed.GetValue(question)!, parsed.GetValue(tokens))
        .RunAsync(parsed.GetValue(clients), parsed.GetValue(process), cancellationToken).ConfigureAwait(false);
    return 0;
});
return await new RootCommand("Measures the server.") { overhead, load }.Parse(args).InvokeAsync().ConfigureAwait(false);
