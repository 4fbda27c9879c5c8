using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Runtime;
using LLoCO.Core.Synth;
using LLoCO.Core.Tokenization;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench quality</c>: what quantized weights cost, as perplexity of text.</summary>
internal static class BenchQualityVerb
{
    /// <summary>Describes the measurement.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="console">Where to write.</param>
    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var text = new Option<string?>("--text")
        {
            Description = "A text file; practice documents of a seed that training never saw where it is left out.",
            HelpName = "FILE",
        };
        Option<int> tokens = CommonOptions.AtLeast(2, new Option<int>("--tokens")
        {
            Description = "Most tokens to read.", DefaultValueFactory = _ => 8_192,
        });
        var verb = new Command(
            "quality", "Perplexity with the weights as stored, with 8 and with 4 bits, over the same text; task accuracy is "
            + "lloco eval --decode-weights.")
        {
            text, tokens, common.Model, common.Precision,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            ModelPackage package = common.Package(parsed);
            ITokenizer tokenizer = TokenizerFile.Load(package.Folder);
            string read = parsed.GetValue(text) is { } file
                ? await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)
                : Practice(parsed.GetValue(tokens));
            int[] ids = [.. tokenizer.Encode(read).Take(parsed.GetValue(tokens))];
            await using LoadedModel model = LoadedModel.Open(
                package.Folder, LlocoDevice.Cpu, parsed.GetValue(common.Precision), tokenizer.Fingerprint, cancellationToken);
            double? stored = null;
            foreach (DecodeWeights weights in Enum.GetValues<DecodeWeights>())
            {
                double perplexity = await model.Worker.RunAsync(
                    () => Perplexity.Of(model.Model, weights, ids, cancellationToken), cancellationToken).ConfigureAwait(false);
                stored ??= perplexity;
                string name = "quality-" + weights.ToString().ToLowerInvariant();
                double loss = (perplexity / stored.Value) - 1;
                console.Result(
                    new { name, weights, tokens = ids.Length, perplexity, relative = loss },
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name,-17} perplexity {perplexity:F4} over {ids.Length} tokens, {loss:+0.00 %;-0.00 %;0 %}"));
            }

            return 0;
        });
        return verb;
    }

    /// <summary>One document of each group; about so many tokens in all, since a token has four characters or so.</summary>
    private static string Practice(int tokens)
    {
        const int Seed = 90_001;
        var generator = new SynthGenerator(Seed);
        return string.Join(
            '\n', SynthGenerator.Groups.Select(
                group => generator.Write(group, 0, Math.Max(64, tokens / SynthGenerator.Groups.Count)).Text));
    }
}
