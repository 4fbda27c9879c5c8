using System.CommandLine;
using LLoCO.Core;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco synth</c>: writes the practice corpus.</summary>
internal static class SynthVerb
{
    private const int MinTokens = 64;

    public static Command Create(ToolConsole console)
    {
        var folder = new Option<string>("--out") { Description = "Folder to make.", Required = true, HelpName = "DIR" };
        var seed = new Option<int>("--seed") { Description = "Seed; no two seeds share a fact.", Required = true };
        var documents = new Option<int>("--documents")
        {
            Description = "Documents of each group.",
            DefaultValueFactory = _ => 1,
        };
        var tokens = new Option<int>("--tokens")
        {
            Description = $"About how many tokens each has; at least {MinTokens}.",
            DefaultValueFactory = _ => 4096,
        };
        var groups = new Option<string[]>("--groups")
        {
            Description = "Their groups.",
            DefaultValueFactory = _ => [.. SynthGenerator.Groups],
            AllowMultipleArgumentsPerToken = true,
        };
        groups.AcceptOnlyFromAmong([.. SynthGenerator.Groups]);
        CommonOptions.AtLeast(0, seed);
        CommonOptions.AtLeast(1, documents);
        CommonOptions.AtLeast(MinTokens, tokens);
        var verb = new Command(
            "synth", "Writes documents/*.txt, questions.jsonl and facts.json: practice documents with questions.")
        {
            folder, seed, documents, tokens, groups,
        };
        verb.SetAction((parsed, cancellationToken) =>
        {
            var generator = new SynthGenerator(parsed.GetValue(seed));
            IEnumerable<SynthDocument> made =
                from number in Enumerable.Range(0, parsed.GetValue(documents))
                from name in parsed.GetValue(groups)!.Distinct()
                select generator.Write(name, number, parsed.GetValue(tokens));
            foreach (SynthDocument document in SynthFiles.Write(parsed.GetValue(folder)!, made, cancellationToken))
            {
                console.Result(
                    new
                    {
                        document = document.Id + ".txt",
                        group = document.Group,
                        characters = document.Text.Length,
                        questions = document.Facts.Count,
                    },
                    $"{document.Id}.txt: {document.Text.Length} characters, {document.Facts.Count} questions");
            }

            return Task.FromResult(0);
        });
        return verb;
    }
}
