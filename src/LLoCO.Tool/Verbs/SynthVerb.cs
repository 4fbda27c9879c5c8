using System.CommandLine;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco synth</c>: writes the practice corpus.</summary>
internal static class SynthVerb
{
    private const int MinTokens = 64;

    public static Command Create(ToolConsole console)
    {
        var folder = new Option<string>("--out") { Description = "Folder to make.", Required = true, HelpName = "DIR" };
        Option<int> seed = CommonArguments.AtLeast(
            0, new Option<int>("--seed") { Description = "Seed; no two seeds share a fact.", Required = true });
        Option<int> documents = CommonArguments.Number(
            "--documents", 1, 1, $"Documents of each group, at most {SynthGenerator.MaxDocuments}.");
        Option<int> tokens = CommonArguments.Number(
            "--tokens", MinTokens, 4096, $"About how many tokens each has; at least {MinTokens}.");
        var groups = new Option<string[]>("--groups")
        {
            Description = "Their groups.",
            DefaultValueFactory = _ => [.. SynthGenerator.Groups],
            AllowMultipleArgumentsPerToken = true,
        };
        groups.AcceptOnlyFromAmong([.. SynthGenerator.Groups]);
        var verb = new Command(
            "synth", "Writes documents/*.txt, questions.jsonl and facts.json: practice documents with questions.")
        {
            folder, seed, documents, tokens, groups,
        };
        verb.SetAction((parsed, cancellationToken) =>
        {
            int count = parsed.GetValue(documents);
            if (count > SynthGenerator.MaxDocuments)
            {
                throw new ToolUsageException(
                    $"--documents must be at most {SynthGenerator.MaxDocuments}: a seed has facts for no more. Run the command "
                    + "again with another --seed and another --out for more documents.");
            }

            var run = new SynthRun(new SynthGenerator(parsed.GetValue(seed)), console);
            run.Write(parsed.GetValue(folder)!, parsed.GetValue(groups)!, count, parsed.GetValue(tokens), cancellationToken);
            return Task.FromResult(0);
        });
        return verb;
    }
}
