using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The training of one <c>lloco pretrain</c>.</summary>
/// <param name="trainer">Trains.</param>
/// <param name="folder">Folder of the result; an interrupted run in it is continued.</param>
/// <param name="options">How it trains.</param>
/// <param name="console">Where progress and figures go.</param>
internal sealed class PretrainRun(
    CompressorTrainer trainer, string folder, CompressorTrainingOptions options, ToolConsole console)
{
    /// <summary>Estimates time and memory of the run.</summary>
    /// <param name="documents">What is learned and what is held out.</param>
    public PretrainEstimate Estimate(PretrainDocuments documents) =>
        PretrainEstimate.Create(trainer.Config, options, documents);

    /// <summary>Writes the estimate as the result.</summary>
    /// <param name="estimate">The estimate.</param>
    public void Write(PretrainEstimate estimate) => console.Result(
        new
        {
            steps = estimate.Steps,
            tokens_per_step = estimate.TokensPerStep,
            hours = estimate.Hours,
            bytes = estimate.Bytes,
            flops_per_second = estimate.Rate,
            segment_length = trainer.Config.SegmentLength,
            summary_length = trainer.Config.SummaryLength,
            lora_rank = options.LoraRank,
        },
        estimate.Describe());

    /// <summary>Trains and reports.</summary>
    /// <param name="documents">What is learned and what is held out.</param>
    /// <param name="cancellationToken">Cancels; the last checkpoint stays, with a chart of the results.</param>
    public async Task RunAsync(PretrainDocuments documents, CancellationToken cancellationToken)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        console.Error.WriteLine(
            $"{name}: {documents.Learned.Count} documents of {documents.Learned.Tokens} tokens, "
            + $"{documents.HeldOut.Count} held out");
        try
        {
            TrainingResult result = await trainer.TrainAsync(
                documents.Learned, folder, documents.HeldOut, new TrainingDisplay(console.Error, name), cancellationToken)
                .ConfigureAwait(false);
            TrainingReport.Write(console, name, documents.Learned.Count, documents.HeldOut.Count, result);
        }
        catch (OperationCanceledException)
        {
            LossChart.Draw(folder);
            throw;
        }
    }
}
