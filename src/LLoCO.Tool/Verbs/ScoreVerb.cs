using System.CommandLine;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco score</c>: predictions against accepted answers.</summary>
internal static class ScoreVerb
{
    public static Command Create(ToolConsole console)
    {
        var metric = new Option<string>("--metric") { Description = "The metric.", Required = true };
        metric.AcceptOnlyFromAmong("em", "f1", ScoreRun.Rouge, "choice", "f1_zh", "rouge_zh");
        var cut = new Option<bool>("--cut-at-full-stop")
        {
            Description = "Judges only the text before the first full stop, as the original does with HotpotQA.",
        };
        var plain = new Option<bool>("--no-stem") { Description = "Leaves words as they are; only for rouge." };
        var verb = new Command(
            "score", "Standard input, one {\"prediction\", \"answers\"} a line, to the metric per line and its mean.")
        {
            metric, cut, plain,
        };
        verb.SetAction((parsed, _) =>
        {
            string name = parsed.GetValue(metric)!;
            if (parsed.GetValue(plain) && name != ScoreRun.Rouge)
            {
                throw new ToolUsageException("--no-stem goes with --metric rouge only.");
            }

            new ScoreRun(console) { CutsAtFullStop = parsed.GetValue(cut), Stems = !parsed.GetValue(plain) }.Run(name);
            return Task.FromResult(0);
        });
        return verb;
    }
}
