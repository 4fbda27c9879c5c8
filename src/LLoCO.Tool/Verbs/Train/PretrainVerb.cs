using System.CommandLine;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Core;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary><c>lloco pretrain</c>: trains a compressor, or a model from scratch.</summary>
internal static class PretrainVerb
{
    /// <summary>Describes the verb.</summary>
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var output = new Option<string>("--out")
        {
            Description = "Folder of the model; an interrupted run in it is continued.", Required = true, HelpName = "DIR",
        };
        var source = new Option<string?>("--base")
        {
            Description = "Model folder without a compressor: trains one, by the recipe of AutoCompressors (LoRA and summary embeddings).",
            HelpName = "FOLDER",
        };
        var estimate = new Option<bool>("--estimate") { Description = "Only says how long it will take and how much memory." };
        var corpus = new PretrainCorpus(console);
        var options = new PretrainArguments();
        var scratch = new ScratchArguments();
        var verb = new Command(
            "pretrain", "Trains a model's compressor on text, or a model from scratch (--from-scratch): to a model folder.")
        {
            output, source, estimate, common.Model, common.Device,
        };
        corpus.AddTo(verb);
        options.AddTo(verb);
        scratch.AddTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string folder = parsed.GetValue(output)!;
            string? start = parsed.GetValue(source);
            if (start is not null && (scratch.Asked(parsed) || parsed.GetValue(common.Model) is not null))
            {
                throw new ToolUsageException("--base names the model to start with: leave out --model and --from-scratch.");
            }

            scratch.Ensure(parsed, common.Model);
            corpus.Ensure(parsed, options);
            CompressorTrainingOptions training = options.Read(
                parsed, start is null ? new CompressorTrainingOptions() : CompressorTrainer.Recipe(start));
            string? model = start ?? (scratch.Asked(parsed) ? null : common.Package(parsed).Folder);
            LlocoDevice device = common.ParseDevice(parsed);
            CompressorTrainer trainer = model is null
                ? FromScratch(scratch, scratch.Tokenizer(parsed, corpus, folder), parsed, training, device)
                : CompressorTrainer.FromModel(model, training, device);
            PretrainDocuments documents = corpus.Read(parsed, trainer, training.Seed);
            return await RunAsync(
                new PretrainRun(trainer, folder, training, console), documents, parsed.GetValue(estimate), device, console,
                cancellationToken).ConfigureAwait(false);
        });
        return verb;
    }

    private static async Task<int> RunAsync(
        PretrainRun run, PretrainDocuments documents, bool onlyEstimate, LlocoDevice device, ToolConsole console,
        CancellationToken cancellationToken)
    {
        if (onlyEstimate)
        {
            run.Write(run.Estimate(documents));
            return 0;
        }

        if (device.Kind == LlocoDeviceKind.Cpu)
        {
            console.Error.WriteLine(run.Estimate(documents).Describe());
        }

        await run.RunAsync(documents, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private static CompressorTrainer FromScratch(
        ScratchArguments scratch, string tokenizer, ParseResult parsed, CompressorTrainingOptions training, LlocoDevice device) =>
        CompressorTrainer.FromScratch(
            scratch.Config(parsed, TokenizerFile.Load(tokenizer)), tokenizer, training, device);
}
