using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Options that would do nothing on a command line are refused by name, before anything is read or written.</summary>
public sealed class IdleOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--min-confidence does nothing without --expand auto", "ask", "why", "--index", "x", "--min-confidence", "0.9")]
    [InlineData("--min-confidence does nothing without --expand auto", "ask", "why", "--index", "x", "--expand", "always", "--min-confidence", "0.9")]
    [InlineData("--min-fidelity does nothing without --expand auto", "chat", "--index", "x", "--min-fidelity", "0.9")]
    [InlineData("--expand-passages does nothing without --expand or --doubt expand", "ask", "why", "--index", "x", "--expand-passages", "5")]
    [InlineData("--expand-passages does nothing without --expand", "chat", "--index", "x", "--expand", "never", "--expand-passages", "5")]
    [InlineData("--top-k does nothing beside --document", "ask", "why", "--index", "x", "--document", "a", "--top-k", "2")]
    [InlineData("--read-groups does nothing beside --group", "ask", "why", "--index", "x", "--group", "ship", "--read-groups", "2")]
    [InlineData("--read-groups does nothing beside --document", "ask", "why", "--index", "x", "--document", "a", "--read-groups", "2")]
    [InlineData("--expand does nothing without --index", "ask", "why", "--adapter", "a", "--expand", "auto")]
    [InlineData("--group does nothing without --index", "ask", "why", "--adapter", "a", "--group", "ship")]
    [InlineData("--prefix-folder does nothing without --index", "ask", "why", "--adapter", "a", "--prefix-folder", "p")]
    [InlineData("--below does nothing without --fidelity", "compress", "{file}", "--index", "x", "--below", "refuse")]
    [InlineData("--probes-per-segment does nothing without --fidelity", "compress", "{file}", "--index", "x", "--probes-per-segment", "3")]
    [InlineData("--worth does nothing beside --keep random", "compress", "{file}", "--index", "x", "--memory", "kv", "--keep", "random", "--worth", "max")]
    [InlineData("--books does nothing without --format babilong", "eval", "--data", "{file}", "--mode", "none", "--books", "b")]
    [InlineData("--seed does nothing without --format babilong", "calibrate", "--data", "{file}", "--seed", "3")]
    [InlineData("--tokens does nothing without --format babilong", "reference", "--data", "{file}", "--tokens", "3")]
    [InlineData("--distractors does nothing without a --mode with summaries", "eval", "--data", "{file}", "--mode", "truncate", "--distractors", "3")]
    [InlineData("--places does nothing without a --mode with summaries", "eval", "--data", "{file}", "--mode", "none", "--places", "sidebyside")]
    [InlineData("--raw-adapter does nothing without a --mode without summaries", "eval", "--data", "{file}", "--mode", "lloco", "--raw-adapter", "raw")]
    [InlineData("--adapter does nothing without a --mode besides compressed", "eval", "--data", "{file}", "--mode", "compressed", "--adapter", "ship")]
    [InlineData("--metric does nothing without --report", "eval", "--data", "{file}", "--mode", "none", "--metric", "f1")]
    [InlineData("--windows does nothing beside --lengths", "needle", "--lengths", "64", "--windows", "3")]
    [InlineData("--books-except does nothing without --haystack", "needle", "--books-except", "b")]
    [InlineData("--out does nothing beside --training", "needle", "--training", "t", "--out", "o")]
    [InlineData("--raw-adapter does nothing without a --mode without summaries", "needle", "--mode", "lloco", "--raw-adapter", "raw")]
    [InlineData("--max-groups does nothing beside --groups", "group", "--index", "x", "--groups", "2", "--max-groups", "4")]
    [InlineData("--pairs does nothing without --questions", "group", "--index", "x", "--pairs", "2")]
    [InlineData("--gflops does nothing without --questions", "group", "--index", "x", "--gflops", "2", "--gbytes", "2")]
    [InlineData("--epochs does nothing without --train or --questions", "group", "--index", "x", "--epochs", "2")]
    [InlineData("--rank does nothing without --train", "group", "--index", "x", "--questions", "10", "--rank", "2")]
    [InlineData("--data does nothing without --train", "group", "--index", "x", "--data", "q.jsonl")]
    [InlineData("--hold-out does nothing beside --validation", "finetune", "--index", "x", "--out", "y", "--data", "z", "--validation", "v", "--hold-out", "0.2")]
    [InlineData("--metric-questions does nothing without --metric", "finetune", "--index", "x", "--out", "y", "--data", "z", "--metric-questions", "2")]
    [InlineData("--metric does nothing without questions that are held out", "finetune", "--index", "x", "--out", "y", "--data", "z", "--hold-out", "0", "--metric", "em")]
    [InlineData("--patience does nothing without questions that are held out", "finetune", "--index", "x", "--out", "y", "--data", "z", "--hold-out", "0", "--patience", "2")]
    [InlineData("--check does nothing beside --self-study", "finetune", "--index", "x", "--out", "y", "--self-study", "--check", "2")]
    [InlineData("--study-rounds does nothing without --self-study", "finetune", "--index", "x", "--out", "y", "--data", "z", "--study-rounds", "2")]
    [InlineData("--rank does nothing beside --from", "finetune", "--index", "x", "--out", "y", "--data", "z", "--from", "a", "--rank", "2")]
    [InlineData("--study-temperature does nothing beside --study-prompts cloze", "finetune", "--index", "x", "--out", "y", "--self-study", "--study-prompts", "cloze", "--study-temperature", "2")]
    [InlineData("--study-adapter does nothing beside --study-prompts cloze", "learn", "{file}", "--index", "x", "--out", "y", "--study-prompts", "cloze", "--study-adapter", "a")]
    [InlineData("--validate-every does nothing without --hold-out above 0", "learn", "{file}", "--index", "x", "--out", "y", "--hold-out", "0", "--validate-every", "2")]
    [InlineData("--adapter-rank does nothing without an --adapter-rate above 0", "learn", "{file}", "--index", "x", "--out", "y", "--adapter-rank", "4")]
    [InlineData("--hidden does nothing without --from-scratch", "pretrain", "--out", "x", "--corpus", "{file}", "--hidden", "64")]
    [InlineData("--model does nothing beside --from-scratch", "pretrain", "--out", "x", "--corpus", "{file}", "--from-scratch", "--model", "m")]
    [InlineData("--vocabulary does nothing beside --tokenizer", "pretrain", "--out", "x", "--corpus", "{file}", "--from-scratch", "--tokenizer", "t", "--vocabulary", "300")]
    [InlineData("--segments does nothing without --corpus", "pretrain", "--out", "x", "--questions", "q", "--segments", "3")]
    [InlineData("--question-weight does nothing without --questions", "pretrain", "--out", "x", "--corpus", "{file}", "--question-weight", "3")]
    [InlineData("--lora-alpha does nothing without a --lora-rank above 0", "pretrain", "--out", "x", "--corpus", "{file}", "--lora-alpha", "3")]
    [InlineData("--questions does nothing beside --check", "plan", "--check", "--questions", "5")]
    [InlineData("--gflops does nothing beside --check", "plan", "--check", "--gflops", "5", "--gbytes", "5")]
    [InlineData("--attention-gflops does nothing without --gflops", "plan", "--tokens", "9", "--attention-gflops", "5")]
    [InlineData("--threads does nothing beside --gflops", "plan", "--tokens", "9", "--gflops", "5", "--gbytes", "5", "--threads", "1")]
    [InlineData("--epochs does nothing without --pairs", "plan", "--tokens", "9", "--gflops", "5", "--gbytes", "5", "--epochs", "2")]
    [InlineData("--model does nothing beside --shape", "plan", "--tokens", "9", "--gflops", "5", "--gbytes", "5", "--shape", "15M", "--model", "m")]
    [InlineData("--model does nothing beside --shape", "bench", "device", "--shape", "15M", "--model", "m")]
    [InlineData("--learn-steps does nothing beside --random", "bench", "memory", "--random", "--learn-steps", "2")]
    [InlineData("--documents does nothing beside --text", "bench", "quality", "--text", "t", "--documents", "2")]
    [InlineData("--tokens does nothing without --text", "bench", "quality", "--tokens", "20")]
    [InlineData("--tenant does nothing without --new-key", "serve", "--index", "x", "--tenant", "acme")]
    [InlineData("--keys does nothing beside --new-key", "serve", "--new-key", "crew", "--keys", "k")]
    [InlineData("--group auto", "serve", "--new-key", "crew", "--group", "auto")]
    [InlineData("--question does nothing without --vllm", "export", "a", "--index", "x", "--out", "y", "--cartridge", "--question", "why")]
    [InlineData("--index does nothing without a document", "export", "--index", "x", "--out", "y", "--cartridge", "--adapter", "a")]
    [InlineData("--database does nothing beside --folder", "jobs", "publish", "m", "--name", "n", "--folder", "f", "--database", "postgres://u@h/d")]
    public async Task Run_AnOptionThatWouldDoNothing_IsRefusedByName(string said, params string[] args)
    {
        string file = _folder.PathOf("a.jsonl");
        File.WriteAllText(file, "{\"id\":\"q\",\"question\":\"Who?\",\"answers\":[\"Ada\"]}\n");

        ToolRun run = await ToolRun.OfAsync([.. args.Select(one => one == "{file}" ? file : one)]);

        Assert.Equal((2, string.Empty), (run.Code, run.Output));
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists("x"));
    }

    /// <summary>What turns a thing off has nothing to do without it.</summary>
    [Theory]
    [InlineData("finetune", "--index", "{index}", "--out", "y", "--data", "nowhere.jsonl", "--hold-out", "0", "--check", "0", "--patience", "0")]
    [InlineData("ask", "why", "--index", "nowhere.db", "--doubt", "expand", "--expand-passages", "2")]
    [InlineData("ask", "why", "--index", "nowhere.db", "--expand", "auto", "--expand-passages", "2", "--min-confidence", "0.2", "--min-fidelity", "0.2")]
    public async Task Run_OptionsThatGoTogether_AreNotRefused(params string[] args)
    {
        ToolRun run = await ToolRun.OfAsync([.. args.Select(one => one == "{index}" ? _folder.PathOf("i.db") : one)]);

        Assert.DoesNotContain("does nothing", run.Error, StringComparison.Ordinal);
        Assert.Contains("nowhere", run.Error, StringComparison.Ordinal);
    }
}
