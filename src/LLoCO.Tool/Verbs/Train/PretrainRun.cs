using LLoCO.Training;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>The training of one <c>lloco pretrain</c>.</summary>
/// <param name="trainer">Trains.</param>
/// <param name="folder">Folder of the result; an interrupted run in it is continued.</param>
/// <param name="console">Where progress and figures go.</param>
internal sealed class PretrainRun(CompressorTrainer trainer, string folder, ToolConsole console)
{
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
