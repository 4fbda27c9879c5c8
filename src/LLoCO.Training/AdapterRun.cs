using LLoCO.Core;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Numerics;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tensors;
using LLoCO.Evaluation.Synth;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>An adapter in training on a frozen base. Used on the model's thread only.</summary>
internal sealed class AdapterRun : ITrainingRun
{
    private readonly LlamaModel _model;
    private readonly ModelFingerprint _fingerprint;
    private readonly string? _baseModel;
    private readonly AdapterTrainingOptions _options;
    private readonly AdapterExample[] _validation;
    private readonly AdapterBatches _batches;
    private readonly AdapterLearner _learner;
    private readonly AdapterMetric? _metric;
    private readonly LoraAdapter _adapter;
    private readonly AdamWOptimizer _optimizer;
    private readonly RateSchedule _schedule;
    private readonly FreedMemory _memory = new();
    private readonly (string Name, Tensor Weight)[] _best;

    /// <summary>Makes the adapter and its optimizer.</summary>
    /// <param name="model">The model; not disposed here.</param>
    /// <param name="fingerprint">What the examples' summary embeddings carry.</param>
    /// <param name="baseModel">The model's name, for readers of the adapter.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="examples">Checked examples.</param>
    /// <param name="validation">Checked validation examples; may be empty.</param>
    /// <param name="metric">Scores generated answers of validation; optional.</param>
    internal AdapterRun(
        LlamaModel model, ModelFingerprint fingerprint, string? baseModel, AdapterTrainingOptions options,
        IAdapterExampleSource examples, IReadOnlyList<AdapterExample> validation, AdapterMetric? metric)
    {
        _model = model;
        _fingerprint = fingerprint;
        _baseModel = baseModel;
        _options = options;
        _validation = [.. validation];
        _metric = metric;
        _batches = new AdapterBatches(examples, options);
        _learner = new AdapterLearner(model, options);
        Steps = options.MaxSteps ?? options.Epochs * _batches.StepsPerEpoch;
        _schedule = new RateSchedule(options.LearningRate, Steps, options.WarmUp * Steps, options.FinalRate);
        Device device = model.Weights.Device;
        LoraAdapter start = options.StartFrom is { } folder
            ? LoraAdapterFolder.Load(folder, folder, model.Config, device, fingerprint)
            : LoraAdapter.Fresh("new", model.Config, options.Rank, options.Alpha, [.. options.Targets], options.Seed, device);
        _adapter = start.AsParameters(options.Dropout);
        _optimizer = new AdamWOptimizer(_adapter.Named()) { Beta2 = options.Beta2, WeightDecay = options.WeightDecay };
        _best = _validation.Length == 0
            ? []
            : [.. _adapter.Named().Select(entry => ("best." + entry.Name, Copy(entry.Weight)))];
    }

    /// <inheritdoc/>
    public long Step => _optimizer.Steps;

    /// <inheritdoc/>
    public long Steps { get; }

    /// <inheritdoc/>
    public long StepsPerEpoch => _batches.StepsPerEpoch;

    /// <inheritdoc/>
    public bool Validates => _validation.Length > 0;

    /// <inheritdoc/>
    public StepOutcome TakeStep()
    {
        long step = _optimizer.Steps;
        ulong seed = SeededRandom.Mix((ulong)_options.Seed ^ SeededRandom.Mix((ulong)step));
        using Generator? random = _options.Dropout > 0 ? new Generator(seed, _model.Weights.Device) : null;
        _adapter.DropoutRandom = random;
        AdapterExample[][][] passes = _batches.OfStep(step);
        double weight = passes.Sum(rows => rows.Sum(row => row.Sum(AdapterLearner.Weight)));
        double loss = 0;
        long tokens = 0;
        foreach (AdapterExample[][] rows in passes)
        {
            using (NewDisposeScope())
            {
                AdapterLoss pass = _learner.Run(rows, _adapter);
                Tensor share = pass.Sum.Over(weight);
                share.backward();
                loss += share.item<float>();
                tokens += pass.Positions;
            }

            _memory.AfterPass();
        }

        double rate = _schedule.At(step);
        _optimizer.Step(rate, _options.ClipNorm);
        _adapter.DropoutRandom = null;
        return new StepOutcome(loss, rate, tokens);
    }

    /// <inheritdoc/>
    public TrainingValidation Validate()
    {
        using IDisposable guard = no_grad();
        double loss = 0;
        int exact = 0;
        foreach (AdapterExample[] examples in _validation.Chunk(_options.BatchSize))
        {
            using DisposeScope scope = NewDisposeScope();
            AdapterLoss pass = _learner.Run(_batches.Rows(examples), _adapter);
            loss += pass.Sum.item<float>();
            exact += pass.CountExact();
        }

        return new TrainingValidation(
            loss / _validation.Sum(AdapterLearner.Weight),
            (double)exact / _validation.Length,
            _metric?.Measure(_validation, _adapter));
    }

    /// <inheritdoc/>
    public void KeepBest()
    {
        using IDisposable guard = no_grad();
        foreach (((_, Tensor kept), (_, Tensor now)) in _best.Zip(_adapter.Named()))
        {
            kept.copy_(now);
        }
    }

    /// <inheritdoc/>
    public void Save(string path, string note) =>
        StageCheckpoint.SaveState(path, _adapter.Named().Concat(_best), _optimizer, note);

    /// <inheritdoc/>
    public void Restore(string path) => StageCheckpoint.RestoreState(path, _adapter.Named().Concat(_best), _optimizer);

    /// <inheritdoc/>
    public void Export(string folder)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        if (Validates)
        {
            foreach (((_, Tensor kept), (_, Tensor now)) in _best.Zip(_adapter.Named()))
            {
                now.copy_(kept);
            }
        }

        LoraAdapterFolder.Save(folder, _adapter, _baseModel, _fingerprint);
    }

    private static Tensor Copy(Tensor weight) => weight.detach().clone().DetachFromDisposeScope();

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _adapter.Dispose();
        foreach ((_, Tensor kept) in _best)
        {
            kept.Dispose();
        }
    }
}
