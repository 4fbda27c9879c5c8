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
        var corpus = new PretrainCorpus();
        var options = new PretrainArguments();
        var scratch = new ScratchArguments();
        var verb = new Command(
            "pretrain", "Trains a model's compressor on text, or a model from scratch (--from-scratch): to a model folder.")
        {
            output, common.Model, common.Device,
        };
        corpus.AddTo(verb);
        options.AddTo(verb);
        scratch.AddTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string folder = parsed.GetValue(output)!;
            CompressorTrainingOptions training = options.Read(parsed);
            string? model = scratch.Asked(parsed) ? null : common.Package(parsed).Folder;
            CompressorTrainer trainer = model is null
                ? FromScratch(scratch, scratch.Tokenizer(parsed, corpus, folder), parsed, training, common.ParseDevice(parsed))
                : CompressorTrainer.FromModel(model, training, common.ParseDevice(parsed));
            PretrainDocuments documents = corpus.Read(parsed, trainer, model, training.Seed);
            await new PretrainRun(trainer, folder, console).RunAsync(documents, cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    private static CompressorTrainer FromScratch(
        ScratchArguments scratch, string tokenizer, ParseResult parsed, CompressorTrainingOptions training, LlocoDevice device) =>
        CompressorTrainer.FromScratch(
            scratch.Config(parsed, TokenizerFile.Load(tokenizer)), tokenizer, training, device);
}
