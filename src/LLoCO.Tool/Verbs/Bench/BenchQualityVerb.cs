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
    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var formats = new Option<QualityFormat[]>("--formats")
        {
            Description = "The formats, compared with the first of them.",
            DefaultValueFactory = _ => Enum.GetValues<QualityFormat>(),
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> seed = CommonOptions.AtLeast(0, new Option<int>("--seed")
        {
            Description = "Seed of the practice documents; one that training never saw.", DefaultValueFactory = _ => 90_001,
        });
        Option<int> documents = CommonOptions.AtLeast(1, new Option<int>("--documents")
        {
            Description = "Documents of each group.", DefaultValueFactory = _ => 8,
        });
        Option<int> length = CommonOptions.AtLeast(64, new Option<int>("--document-tokens")
        {
            Description = "About how many tokens a document has.", DefaultValueFactory = _ => 2_400,
        });
        var text = new Option<string?>("--text")
        {
            Description = "A text file whose perplexity is measured, in place of questions.", HelpName = "FILE",
        };
        Option<int> tokens = CommonOptions.AtLeast(2, new Option<int>("--tokens")
        {
            Description = "Most tokens of the text to read.", DefaultValueFactory = _ => 8_192,
        });
        var verb = new Command(
            "quality", "What float32, bfloat16, 8 and 4 bits make of the same questions: loss and accuracy of answers, every token of "
            + "question and answer read with the format in question; or of a text.")
        {
            formats, seed, documents, length, text, tokens, common.Model, common.Precision,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var measurement = new QualityMeasurement(
                common.Package(parsed), parsed.GetValue(formats)!, parsed.GetValue(common.Precision), console);
            if (parsed.GetValue(text) is { } file)
            {
                string read = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
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
