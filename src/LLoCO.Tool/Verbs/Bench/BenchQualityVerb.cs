using System.CommandLine;
using LLoCO.Core;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench quality</c>: what number formats cost, as accuracy and loss of answers, or as perplexity of a text.</summary>
internal static class BenchQualityVerb
{
    /// <summary>Describes the measurement.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="console">Where to write.</param>
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var formats = new Option<QualityFormat[]>("--formats")
        {
            Description = "The formats, compared with the first of them.",
            DefaultValueFactory = _ => Enum.GetValues<QualityFormat>(),
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> seed = CommonArguments.Number(
            "--seed", 0, 90_001, "Seed of the practice documents; one that training never saw.");
        Option<int> documents = CommonArguments.Number("--documents", 1, 8, "Documents of each group.");
        Option<int> length = CommonArguments.Number("--document-tokens", 64, 2_400, "About how many tokens a document has.");
        var text = new Option<string?>("--text")
        {
            Description = "A text file whose perplexity is measured, in place of questions.", HelpName = "FILE",
        };
        Option<int> tokens = CommonArguments.Number("--tokens", 2, 8_192, "Most tokens of the text to read.");
        var verb = new Command(
            "quality", "What float32, bfloat16, 8 and 4 bits make of the same questions: loss and accuracy of answers, every token of "
            + "question and answer read with the format in question; or of a text.")
        {
            formats, seed, documents, length, text, tokens, common.Model, common.Precision,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            parsed.EnsureNoneBeside(parsed.GetValue(text) is not null, text.Name, seed, documents, length);
            parsed.EnsureNoneWithout(parsed.GetValue(text) is not null, text.Name, tokens);
            var measurement = new BenchQualityRun(
                common.Package(parsed), parsed.GetValue(formats)!, parsed.GetValue(common.Precision), console);
            if (parsed.GetValue(text) is { } file)
            {
                string read = TextFile.Read(file);
                await measurement.ReadTextAsync(read, parsed.GetValue(tokens), cancellationToken).ConfigureAwait(false);
                return 0;
            }

            var generator = new SynthGenerator(parsed.GetValue(seed));
            SynthDocument[] written = [.. SynthGenerator.Groups.SelectMany(group => Enumerable.Range(0, parsed.GetValue(documents))
                .Select(number => generator.Write(group, number, parsed.GetValue(length))))];
            await measurement.AskAsync(written, cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }
}
