using System.CommandLine;
using System.Globalization;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary><c>lloco bench finetune</c>: finetuning on raw documents against finetuning on their summary embeddings.</summary>
internal static class BenchFinetuneVerb
{
    /// <summary>Describes the measurement.</summary>
    /// <param name="common">Options that verbs share.</param>
    /// <param name="console">Where to write.</param>
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        Option<int> threads = BenchArguments.Threads();
        Option<string> shape = BenchArguments.Shape();
        shape.DefaultValueFactory = _ => "15M";
        var tokens = new Option<int[]>("--tokens")
        {
            Description = "Tokens of the documents.",
            DefaultValueFactory = _ => [4096, 8192, 16384],
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> questions = CommonArguments.Number("--questions", 1, 1, "Questions of a step, each with its document.");
        Option<int> steps = CommonArguments.Number(
            "--steps", 1, 3, "Steps on raw documents, of which the median counts; five times as many on summaries.");
        var verb = new Command(
            "finetune", "LoRA finetuning on raw documents against finetuning on their summary embeddings, in one run.")
        {
            threads, shape, tokens, questions, steps, common.Precision,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            BenchEnvironment environment = BenchEnvironment.Describe(parsed.GetValue(threads));
            console.Error.WriteLine(environment);
            WeightPrecision precision = parsed.GetValue(common.Precision) is var asked && asked == WeightPrecision.AsStored
                ? WeightPrecision.Float32
                : asked;
            await using BenchFinetuneRun measurement = await BenchFinetuneRun
                .CreateAsync(parsed.GetValue(shape)!, precision, environment.Threads).ConfigureAwait(false);
            foreach (int length in parsed.GetValue(tokens)!)
            {
                FinetuneRow row = await measurement
                    .MeasureAsync(length, parsed.GetValue(questions), parsed.GetValue(steps), cancellationToken)
                    .ConfigureAwait(false);
                Write(console, environment, measurement.LibTorchThreads, parsed.GetValue(shape)!, precision, row);
            }

            return 0;
        });
        return verb;
    }

    private static void Write(
        ToolConsole console, BenchEnvironment environment, int libTorchThreads, string shape, WeightPrecision precision,
        FinetuneRow row) =>
        console.Result(
            new
            {
                name = $"finetune {shape} {row.Tokens}",
                shape,
                precision,
                tokens = row.Tokens,
                summary = row.Summary,
                questions = row.Questions,
                seconds_full = row.SecondsFull,
                seconds_compressed = row.SecondsCompressed,
                ratio = row.Ratio,
                questions_per_second_full = row.Questions / row.SecondsFull,
                questions_per_second_compressed = row.Questions / row.SecondsCompressed,
                steps = row.Steps,
                libtorch_threads = libTorchThreads,
                environment,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{shape} {precision}, {row.Tokens} tokens: {row.SecondsFull:F2} s a step on raw text, "
                + $"{row.SecondsCompressed:F3} s on {row.Summary} summary embeddings: {row.Ratio:F1}x"));
}
