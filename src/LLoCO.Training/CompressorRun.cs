using LLoCO.Core.Checkpoints;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>A compressor, or a language model, in training. Used on the model's thread only.</summary>
internal sealed class CompressorRun : ITrainingRun
{
    private const string SummaryName = "embed_summary.weight";

    private readonly CompressorSetup _setup;
    private readonly CompressorTrainingOptions _options;
    private readonly ICompressorCorpus _corpus;
    private readonly CompressorDocument[] _validation;
    private readonly EpochOrder _order;
    private readonly SegmentCuts _cuts;
    private readonly LlamaModel _model;
    private readonly LoraAdapter? _adapter;
    private readonly TrainedProjector? _projector;
    private readonly CompressorLearner _learner;
    private readonly AdamWOptimizer _optimizer;
    private readonly RateSchedule _schedule;
    private readonly (string Name, Tensor Weight)[] _trained;
    private readonly (string Name, Tensor Weight)[] _best;

    /// <summary>Loads or makes the weights and their optimizer.</summary>
    /// <param name="setup">What is trained.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="corpus">Checked documents.</param>
    /// <param name="validation">Checked validation documents; may be empty.</param>
    internal CompressorRun(
        CompressorSetup setup, CompressorTrainingOptions options, ICompressorCorpus corpus,
        IReadOnlyList<CompressorDocument> validation)
    {
        _setup = setup;
        _options = options;
        _corpus = corpus;
        _validation = [.. validation];
        _cuts = setup.Cuts(options);
        _order = new EpochOrder(corpus.Count, (long)options.BatchSize * options.AccumulationSteps, options.Seed);
        Steps = options.MaxSteps ?? options.Epochs * _order.StepsPerEpoch;
        _schedule = new RateSchedule(options.LearningRate, Steps, options.WarmUp * Steps, options.FinalRate);
        bool lora = options.LoraRank > 0;
        LlamaWeights weights = CompressorStart.Make(setup.Folder, setup.Config, options.Seed, setup.Torch);
        _model = new LlamaModel(weights.AsParameters(name => !lora || name == SummaryName));
        _adapter = lora
            ? LoraAdapter.Fresh(
                "update", setup.Config, options.LoraRank, options.LoraAlpha, [.. options.LoraTargets], options.Seed, setup.Torch)
                .AsParameters()
            : null;
        _projector = TrainedProjector.Find(setup.Folder, setup.Config.HiddenSize, learns: !lora, setup.Torch);
        _trained = [.. (_adapter?.Named() ?? []), .. _model.Weights.Named().Concat(_projector?.Named() ?? [])
            .Where(entry => entry.Weight.requires_grad)];
        _learner = new CompressorLearner(_model, _adapter, options, _projector);
        _optimizer = new AdamWOptimizer(_trained) { Beta2 = options.Beta2, WeightDecay = options.WeightDecay };
        _best = _validation.Length == 0
            ? []
            : [.. _trained.Select(entry => ("best." + entry.Name, entry.Weight.detach().clone().DetachFromDisposeScope()))];
    }

    /// <inheritdoc/>
    public long Step => _optimizer.Steps;

    /// <inheritdoc/>
    public long Steps { get; }

    /// <inheritdoc/>
    public long StepsPerEpoch => _order.StepsPerEpoch;

    /// <inheritdoc/>
    public bool Validates => _validation.Length > 0;

    /// <inheritdoc/>
    public StepOutcome TakeStep()
    {
        long step = _optimizer.Steps;
        (int epoch, int[] indices) = _order.OfStep(step);
        SeededRandom random = SeededRandom.For(_options.Seed, $"cut/{step}");
        SegmentedDocument[] documents = [.. indices.Select(index => Cut(_corpus.Get(index, epoch), random))];
        CompressorTotals totals = CompressorTotals.Create(documents);
        var sum = new CompressorLoss();
        foreach (SegmentedDocument[] rows in documents.Chunk(_options.BatchSize).SelectMany(SameLength))
        {
            sum.Add(_learner.Run(rows, totals, learn: true));
        }

        double rate = _schedule.At(step);
        _optimizer.Step(rate, _options.ClipNorm);
        return new StepOutcome(sum.Loss, rate, sum.Positions);
    }

    /// <inheritdoc/>
    public TrainingValidation Validate()
    {
        using IDisposable guard = no_grad();
        SegmentedDocument[] documents = [.. _validation.Select(document => Cut(document, null))];
        CompressorTotals totals = CompressorTotals.Create(documents);
        var sum = new CompressorLoss();
        foreach (SegmentedDocument[] rows in documents.Chunk(_options.BatchSize).SelectMany(SameLength))
        {
            sum.Add(_learner.Run(rows, totals, learn: false));
        }

        double exact = sum.Asked > 0 ? (double)sum.Exact / sum.Asked : (double)sum.Right / Math.Max(1, sum.Predicted);
        return new TrainingValidation(sum.Loss, exact);
    }

    /// <inheritdoc/>
    public void KeepBest() => Copy(_trained, _best);

    /// <inheritdoc/>
    public void Save(string path, string note) => StageCheckpoint.SaveState(path, _trained.Concat(_best), _optimizer, note);

    /// <inheritdoc/>
    public void Restore(string path) => StageCheckpoint.RestoreState(path, _trained.Concat(_best), _optimizer);

    /// <inheritdoc/>
    public void Export(string folder)
    {
        if (Validates)
        {
            Copy(_best, _trained);
        }

        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (string Name, Tensor Weight)[] weights =
            [.. _model.Weights.Named().Select(entry => (entry.Name, _adapter?.Merged(entry.Name, entry.Weight) ?? entry.Weight))];
        Directory.CreateDirectory(folder);
        StageCheckpoint.WriteTensors(
            Path.Combine(folder, "model.safetensors"), weights, new Dictionary<string, string> { ["format"] = "pt" });
        _projector?.Write(folder);
        _setup.WriteRest(folder);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _adapter?.Dispose();
        _projector?.Dispose();
        _model.Dispose();
        foreach ((_, Tensor kept) in _best)
        {
            kept.Dispose();
        }
    }

    private static void Copy((string Name, Tensor Weight)[] from, (string Name, Tensor Weight)[] to)
    {
        using IDisposable guard = no_grad();
        foreach (((_, Tensor source), (_, Tensor target)) in from.Zip(to))
        {
            target.copy_(source);
        }
    }

    private SegmentedDocument Cut(CompressorDocument document, SeededRandom? random) =>
        new(_cuts.Cut(document.Tokens.Span, random), document.Questions);

    /// <summary>Documents of one pass have one number of segments.</summary>
    private static IEnumerable<SegmentedDocument[]> SameLength(SegmentedDocument[] documents) =>
        documents.GroupBy(document => document.Segments.Length).Select(same => same.ToArray());
}
