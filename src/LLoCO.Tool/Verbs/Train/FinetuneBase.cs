using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Runtime;
using LLoCO.Evaluation;
using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The training of one <c>lloco finetune --base</c>: all weights of a model, on the text of documents and on questions about
/// them, behind summaries that are made in training.</summary>
internal sealed class FinetuneBase(ParseResult parsed, FinetuneArguments options, CommonArguments common, ToolConsole console)
{
    /// <summary>Trains, compresses the documents with the new model, and asks what was held out.</summary>
    /// <param name="group">Only questions of this group, or all.</param>
    /// <param name="index">The index that the new model makes.</param>
    /// <param name="folder">The model folder.</param>
    /// <param name="cancellationToken">Cancels; the last checkpoint stays.</param>
    public async Task RunAsync(string? group, string index, string folder, CancellationToken cancellationToken)
    {
        ModelPackage model = common.Package(parsed);
        CompressorTrainingOptions training = options.ReadBase(parsed, model);
        FinetuneQuestions questions = FinetuneQuestions.Read(parsed, options, group, training.Seed, whole: true);
        if (File.Exists(index) && !File.Exists(Path.Combine(folder, "model.safetensors")))
        {
            throw new ToolUsageException(
                $"{options.Base.Name} makes another model, and the index '{index}' is there already. Name one that is not: its documents are "
                + "compressed when the training has ended.");
        }

        LlocoDevice device = common.ParseDevice(parsed);
        CompressorTrainer trainer = CompressorTrainer.FromModel(model.Folder, training, device);
        var learned = new ExchangedAnswers(trainer, questions.Learned, group, training.Seed);
        CompressorDocument[] held = questions.HeldOut.Count == 0 ? [] : Originals(new ExchangedAnswers(trainer, questions.HeldOut, group));
        if (device.Kind == LlocoDeviceKind.Cpu)
        {
            CompressorCorpus first = new(Originals(learned));
            console.Error.WriteLine(PretrainEstimate.Create(trainer.Config, training, new PretrainDocuments(first, held)).Describe());
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {learned.Count} documents with {questions.Learned.Count} questions, {learned.Exchanged:P0} of whose answers are others "
            + $"in each epoch; {held.Length} documents held out"));
        try
        {
            TrainingResult result = await trainer.TrainAsync(
                learned, folder, held, new TrainingDisplay(console.Error, name), cancellationToken).ConfigureAwait(false);
            FinetuneCheck? check = await CheckAsync(questions, index, folder, result.Elapsed, cancellationToken).ConfigureAwait(false);
            TrainingReport.Write(console, name, questions.Learned.Count, questions.HeldOut.Count, result, check);
            if (check?.Fault(null) is { } fault)
            {
                console.Error.WriteLine(fault);
            }
        }
        catch (OperationCanceledException)
        {
            LossChart.Draw(folder);
            throw;
        }
    }

    private static CompressorDocument[] Originals(ExchangedAnswers documents) =>
        [.. Enumerable.Range(0, documents.Count).Select(documents.GetOriginal)];

    private async Task<FinetuneCheck?> CheckAsync(
        FinetuneQuestions questions, string index, string folder, TimeSpan trained, CancellationToken cancellationToken)
    {
        await using LlocoPipeline pipeline = await common.Describe(parsed, console)
            .UseModel(new ModelPackage(folder))
            .UseIndex(index)
            .BuildAsync(cancellationToken)
            .ConfigureAwait(false);
        await pipeline.LoadExamplesAsync([.. questions.Learned, .. questions.HeldOut], null, false, cancellationToken).ConfigureAwait(false);
        return await FinetuneCheck.RunAsync(
            pipeline, null, questions, raw: false, parsed.GetValue(options.Check), trained, cancellationToken).ConfigureAwait(false);
    }
}
