using System.CommandLine;
using LLoCO.Core.Families;
using LLoCO.LlamaCpp;

// The same shape, with random weights, in this library and in llama.cpp (LLamaSharp), measured in turn. llama.cpp runs in a process
// of its own, so that each has its own threads. "load SHAPE WEIGHTS FOLDER THREADS CLIENTS SLOTS DEPTH QUESTION ANSWER" is the load of many
// clients on llama.cpp alone; benchmarks/serving.sh runs it in turn with this library's server. "memory" compares a stored memory with
// llama.cpp's saved state.
if (args is ["serve", var model, var filler, var serverThreads, var timing])
{
    Timing.UseProcessorTime = timing == "processor";
    return PeerServer.Run(model, filler, Number(serverThreads));
}

if (args is ["state", var stateModel, var stateFiller, var stateFile, var stateTokens, var stateThreads, var stateTiming])
{
    Timing.UseProcessorTime = stateTiming == "processor";
    return PeerState.Run(stateModel, stateFiller, stateFile, Number(stateTokens), Number(stateThreads), flash: true);
}

if (args is ["load", var loadShape, var loadWeights, var loadFolder, .. var numbers] && numbers.Length == 6)
{
    int[] all = [.. numbers.Select(Number)];
    LlamaConfig config = ModelShapes.Find(loadShape);
    Directory.CreateDirectory(loadFolder);
    string file = PeerFiles.Find(loadFolder, loadShape, config, loadWeights);
    var load = new PeerLoad.Load(all[1], all[2], all[3], all[4], all[5]);
    PeerLoad.Run(file, PeerFiles.FindFiller(loadFolder, loadShape, config), all[0], load, flash: false);
    return PeerLoad.Run(file, PeerFiles.FindFiller(loadFolder, loadShape, config), all[0], load, flash: true);
}

var shapes = new Option<string[]>("--shape")
{
    Description = "Model shapes.",
    DefaultValueFactory = _ => ["smollm2-135m", "gemma3-270m", "qwen3-0.6b", "llama3.2-1b"],
    AllowMultipleArgumentsPerToken = true,
};
shapes.AcceptOnlyFromAmong([.. ModelShapes.Names]);
Option<string[]> weights = Several("--weights", "Formats: bf16, int8, int4.", "bf16", "int8", "int4");
weights.AcceptOnlyFromAmong("bf16", "int8", "int4");
Option<int[]> depths = Several("--depth", "Positions in front of generated tokens.", 0, 4096);
Option<int[]> prompts = Several("--prompt", "Tokens of prompts; 0 for none.", 512, 2048);
var threads = new Option<int>("--threads") { Description = "Threads on both sides.", DefaultValueFactory = _ => Environment.ProcessorCount };
var rounds = new Option<int>("--rounds") { Description = "Rounds of each measurement.", DefaultValueFactory = _ => 7 };
var folder = new Option<string>("--folder")
{
    Description = "Keeps llama.cpp's files, some GB; reused by later runs.",
    DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "lloco-llamacpp"),
};
var processor = new Option<bool>("--processor-time")
{
    Description = "Measures processor time in place of wall time, for a machine that other processes keep busy; with one thread.",
};
var command = new RootCommand("Compares decoding and prefill with llama.cpp, in turn.") { shapes, weights, depths, prompts, threads, rounds, folder, processor };
command.SetAction(parsed =>
{
    Timing.UseProcessorTime = parsed.GetValue(processor);
    var settings = new Comparison(parsed.GetValue(folder)!, parsed.GetValue(threads), parsed.GetValue(rounds));
    foreach (string shape in parsed.GetValue(shapes)!)
    {
        settings.Run(shape, parsed.GetValue(weights)!, parsed.GetValue(depths)!, [.. parsed.GetValue(prompts)!.Where(tokens => tokens > 0)]);
    }

    return 0;
});
command.Subcommands.Add(MemoryComparison.Create(folder, threads, rounds, processor));
return command.Parse(args).Invoke();

static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

static Option<T[]> Several<T>(string name, string description, params T[] missing) => new(name)
{
    Description = description, DefaultValueFactory = _ => missing, AllowMultipleArgumentsPerToken = true,
};
