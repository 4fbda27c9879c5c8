using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Runtime;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Training.Memories;

/// <summary>
/// Trains the key/value memories of documents (cartridges, arXiv 2506.06266): keys and values learn to answer questions as the model
/// does that has the text in its window. Several documents are trained together, so that their memories can stand beside each other
/// (arXiv 2606.04557). Made by <see cref="KeyValueMemoryExtensions.CreateCartridgeTrainer"/>, whose model and index it uses.
/// </summary>
/// <remarks>Training takes turns with questions to the same pipeline, step by step. One run at a time per folder. The pipeline must
/// outlive the run.</remarks>
public sealed class CartridgeTrainer
{
    private readonly LoadedModel _model;
    private readonly CartridgeTrainingOptions _options;
    private readonly CartridgeDocuments _documents;
    private readonly IRetrievalIndex _index;
    private readonly string? _modelName;

    /// <summary>Creates a trainer over a loaded model.</summary>
    /// <param name="layers">The pipeline's layers.</param>
    /// <param name="model">Its model.</param>
    /// <param name="options">How to train.</param>
    /// <exception cref="LlocoException">An option is out of range.</exception>
    internal CartridgeTrainer(PipelineLayers layers, LoadedModel model, CartridgeTrainingOptions options)
    {
        options.Check();
        _model = model;
        _options = options;
        _documents = new CartridgeDocuments(layers, model, options);
        _index = layers.Index;
        _modelName = layers.Settings.Model?.DisplayName;
    }

    /// <summary>Trains the memories of documents and stores them in the index, or goes on with a run that was interrupted.</summary>
    /// <param name="documentIds">Documents that the index has as key/value memories. Those without a question to learn stay as they
    /// are.</param>
    /// <param name="pairs">Questions and answers to learn, as self-study gives them: the answers' words are the places at which the
    /// teacher is listened to.</param>
    /// <param name="folder">Where the trained keys and values are written, too, when the run has ended; a folder <c>training</c> in it
    /// holds checkpoint and metrics (<see cref="TrainingFiles"/>). With <see cref="CartridgeTrainingOptions.AdapterLearningRate"/> it is
    /// the adapter's PEFT folder, too.</param>
    /// <param name="validation">Questions that are not learned, by whose loss the best keys and values are kept and
    /// <see cref="TrainingOptions.Patience"/> ends the run. None: the last are kept.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Checked before each step. What is done is kept: the same call goes on there, and ends with the
    /// same keys and values as one that ran through.</param>
    /// <returns>How it ended. A run that has ended is not trained again.</returns>
    /// <exception cref="LlocoException">A document is not there or has no key/value memory, a question does not fit the window, documents
    /// are read with several adapters of which one is to be trained, the folder holds a run with other settings, or the loss is no number.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the index is as it was.</exception>
    public async Task<TrainingResult> TrainAsync(
        IReadOnlyList<string> documentIds,
        IReadOnlyList<StudyPair> pairs,
        string folder,
        IReadOnlyList<StudyPair>? validation = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentIds);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        IReadOnlyList<CartridgePart> parts =
            await _documents.LoadAsync(documentIds, pairs, validation ?? [], cancellationToken).ConfigureAwait(false);
        if (_options.Patience > 0 && parts.All(part => part.HeldOut.Count == 0))
        {
            throw new LlocoException("Patience needs validation questions: nothing else tells when to stop.");
        }

        CartridgeRun run = await _model.Worker.RunAsync(
            () => new CartridgeRun(_model.Model, _options, parts, (_modelName, _model.Fingerprint)), cancellationToken, gradients: true).ConfigureAwait(false);
        try
        {
            var loop = new TrainingLoop(_model.Worker, run, _options, folder, _documents.Hash(parts));
            TrainingResult result = await loop.RunAsync(progress, cancellationToken).ConfigureAwait(false);
            await CartridgeDocuments.StoreAsync(
                _index, await _model.Worker.RunAsync(run.ToMemories, CancellationToken.None).ConfigureAwait(false), CancellationToken.None)
                .ConfigureAwait(false);
            return result;
        }
        finally
        {
            await _model.Worker.RunAsync(run.Dispose, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
