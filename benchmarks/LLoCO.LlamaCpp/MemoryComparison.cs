using System.CommandLine;
using System.Globalization;
using LLoCO.Core.Families;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.LlamaCpp;

/// <summary>A long text as a stored key/value memory here, as a saved state in llama.cpp: the first token of an answer, tokens after it,
/// bytes.</summary>
internal static class MemoryComparison
{
    /// <summary>Describes the command.</summary>
    /// <param name="folder">Keeps the files.</param>
    /// <param name="threads">Threads on both sides.</param>
    /// <param name="rounds">Rounds of each measurement.</param>
    /// <param name="processor">Whether processor time is measured.</param>
    public static Command Create(Option<string> folder, Option<int> threads, Option<int> rounds, Option<bool> processor)
    {
        var shape = new Option<string>("--shape") { Description = "Model shape.", DefaultValueFactory = _ => "qwen3-0.6b" };
        var tokens = new Option<int>("--tokens") { Description = "Tokens of the text; a multiple of 2048.", DefaultValueFactory = _ => 32_768 };
        var ratio = new Option<int>("--ratio") { Description = "Tokens for each slot.", DefaultValueFactory = _ => 32 };
        var prefill = new Option<int>("--prefill") { Description = "Tokens of the text that are prefilled, too; 0 for none.", DefaultValueFactory = _ => 8192 };
        var command = new Command("memory", "Compares a stored memory with llama.cpp's saved state of the same text.") 
        {
            shape, tokens, ratio, prefill, folder, threads, rounds, processor,
        };
        command.SetAction(async (parsed, _) =>
        {
            Timing.UseProcessorTime = parsed.GetValue(processor);
            await RunAsync(
                parsed.GetValue(shape)!, parsed.GetValue(tokens), parsed.GetValue(ratio), parsed.GetValue(prefill),
                parsed.GetValue(folder)!, parsed.GetValue(threads), parsed.GetValue(rounds)).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task RunAsync(string shape, int tokens, int ratio, int prefill, string folder, int threads, int rounds)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Directory.CreateDirectory(folder);
        LlamaConfig config = ModelShapes.Find(shape);
        string state = Path.Combine(folder, $"{shape}-{tokens}.state");
        await using StoredMemory own = await StoredMemory.CreateAsync(
            config, tokens, ratio, Path.Combine(folder, $"{shape}-{tokens}-{ratio}.memory"), threads).ConfigureAwait(false);
        var (first, token, load, question, generate) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        using (var peer = new PeerProcess(
            "state", PeerFiles.Find(folder, shape, config, "bf16"), PeerFiles.FindFiller(folder, shape, config), state, Text(tokens), Text(threads)))
        {
            for (int round = 0; round <= rounds; round++)
            {
                // The first round warms up: after it, the file lies in the page cache.
                double[] theirs = [peer.Ask("load"), peer.Ask("question"), peer.Ask("generate")];
                (double one, double next) = await own.AskAsync().ConfigureAwait(false);
                if (round > 0)
                {
                    first.Add(one);
                    token.Add(next);
                    load.Add(theirs[0]);
                    question.Add(theirs[1]);
                    generate.Add(theirs[2]);
                }
            }
        }

        double whole = await own.GenerateBehindAllAsync(rounds).ConfigureAwait(false);
        long bytes = new FileInfo(state).Length;
        File.Delete(state);
        double median = Medians.Compute(first);
        Say($"{shape}, {tokens} tokens, {own.Slots} slots, {threads} threads, {(Timing.UseProcessorTime ? "processor" : "wall")} time, medians of {rounds} rounds");
        Say($"first token from the stored memory: {median:F3} s ({Each(first)})");
        Say($"llama.cpp restores its saved state: {Medians.Compute(load):F3} s ({Each(load)}), {Medians.Compute(load) / median:F1}x; "
            + $"then the question: {Medians.Compute(question):F3} s ({Each(question)}); together {Medians.Compute([.. load.Zip(question, (a, b) => a + b)]) / median:F1}x");
        Say($"a token behind the memory: {Medians.Compute(token) * 1e3:F1} ms; behind all keys and values: {whole * 1e3:F1} ms, {whole / Medians.Compute(token):F2}x; "
            + $"llama.cpp behind all: {Medians.Compute(generate) * 1e3:F1} ms, {Medians.Compute(generate) / Medians.Compute(token):F2}x");
        Say($"bytes: memory {own.Bytes / 1e6:F1} MB, llama.cpp's state {bytes / 1e6:F1} MB, {(double)bytes / own.Bytes:F1}x");
        if (prefill > 0)
        {
            double seconds = await own.PrefillAsync(Math.Min(prefill, tokens)).ConfigureAwait(false);
            Say($"prefill of {Math.Min(prefill, tokens)} tokens: {seconds:F1} s, {seconds / median:F0}x the first token");
        }
    }

    private static string Each(List<double> seconds) => string.Join(' ', seconds.Select(one => one.ToString("F3", CultureInfo.InvariantCulture)));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Say(string line) => Console.WriteLine(line);
}
