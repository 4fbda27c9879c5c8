using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training;

/// <summary>
/// Finetunes an adapter to read summary embeddings: LoRA on a frozen base, loss on answers only (arXiv 2404.07979, section
/// 3.2). Made by <see cref="PipelineTrainingExtensions.CreateAdapterTrainer"/>, whose model it uses.
/// </summary>
/// <remarks>
/// Training takes turns with questions to the same pipeline, step by step. One run at a time per folder. The pipeline must
/// outlive the run.
/// </remarks>
public sealed class AdapterTrainer
{
    private readonly LoadedModel _model;
    private readonly ModelFingerprint _fingerprint;
    private readonly ITokenizer _tokenizer;
    private readonly string? _modelName;
    private readonly AdapterTrainingOptions _options;

    /// <summary>Creates a trainer over a loaded model.</summary>
    internal AdapterTrainer(
        LoadedModel model, ModelFingerprint fingerprint, ITokenizer tokenizer, string? modelName, AdapterTrainingOptions options)
    {
        options.Check();
        _model = model;
        _fingerprint = fingerprint;
        _tokenizer = tokenizer;
        _modelName = modelName;
        _options = options;
    }

    /// <summary>Gets or sets how generated answers are judged while training, beside the validation loss: prediction and accepted
    /// answers to a score from 0 to 1.</summary>
    /// <value>Default <see langword="null"/>: no answers are generated.</value>
    public Func<string, IReadOnlyList<string>, double>? Metric { get; set; }

    /// <summary>Gets or sets the most validation questions that the metric generates answers to.</summary>
    /// <value>Default 50.</value>
    public int MetricQuestions { get; set; } = 50;

    /// <summary>Gets or sets the most tokens of such an answer.</summary>
    /// <value>Default 64.</value>
    public int MetricTokens { get; set; } = 64;

    /// <summary>Trains an adapter into a folder, or goes on with a run that was interrupted there.</summary>
    /// <param name="examples">What to learn.</param>
    /// <param name="folder">Where the PEFT folder and its fingerprint go when the run has ended; a folder <c>training</c> in it
    /// holds checkpoint and metrics (<see cref="TrainingFiles"/>).</param>
    /// <param name="validation">Examples that are not learned from, by whose loss the best weights are kept and
    /// <see cref="TrainingOptions.Patience"/> ends the run. None: the last weights are kept.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Checked before each step. What is done is kept: the same call goes on there, and ends
    /// with the same weights as one that ran through.</param>
    /// <returns>How it ended. A folder whose run has ended is not trained again.</returns>
    /// <exception cref="LlocoException">An example does not fit the model or its window, the folder holds a run with other
    /// settings, or the loss is no number.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<TrainingResult> TrainAsync(
        IAdapterExampleSource examples,
        string folder,
        IReadOnlyList<AdapterExample>? validation = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        IReadOnlyList<AdapterExample> held = validation ?? [];
        if (_options.Distractors > 0)
        {
            examples = new DistractorSource(examples, _options.Distractors, _model.Config.MaxPositions, _options.Seed);
        }

        string settings = new AdapterExampleCheck(_model, _fingerprint).Hash(_options, examples, held);
        if (_options.Patience > 0 && held.Count == 0)
        {
            throw new LlocoException("Patience needs validation examples: nothing else tells when to stop.");
        }

        AdapterMetric? metric = Metric is null
            ? null
            : new AdapterMetric(_model.Model, _tokenizer, Metric, MetricQuestions, MetricTokens);
        AdapterRun run = await _model.Worker.RunAsync(
            () => new AdapterRun(_model.Model, _fingerprint, _modelName, _options, examples, held, metric),
            cancellationToken,
            gradients: true).ConfigureAwait(false);
        try
        {
            var loop = new TrainingLoop(_model.Worker, run, _options, folder, settings);
            return await loop.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _model.Worker.RunAsync(run.Dispose, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
