using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Memories;

/// <summary>The keys and values of documents in training, together. Used on the model's thread only.</summary>
internal sealed class CartridgeRun : ITrainingRun
{
    /// <summary>The file of the result: for each document a tensor of its rows.</summary>
    internal const string ResultFile = "cartridges.safetensors";

    private const string AdapterPrefix = "adapter.";

    private readonly CartridgeTrainingOptions _options;
    private readonly IReadOnlyList<CartridgePart> _parts;
    private readonly Cartridge[] _cartridges;
    private readonly CartridgeBatches _batches;
    private readonly CartridgeLearner _learner;
    private readonly LoraAdapter? _adapter;
    private readonly (string? Name, ModelFingerprint Fingerprint) _base;
    private readonly AdamWOptimizer _optimizer;
    private readonly RateSchedule _schedule;
    private readonly RateSchedule _adapterSchedule;
    private readonly FreedMemory _memory = new();
    private readonly (string Name, Tensor Weight)[] _trained;
    private readonly (string Name, Tensor Weight)[] _kept;
    private readonly (string Name, Tensor Weight)[] _best;

    /// <summary>Makes parameters of the documents' memories, and their optimizer.</summary>
    /// <param name="model">The model; not disposed here.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="parts">The documents, each with questions; with one adapter where that is trained, too.</param>
    /// <param name="named">The model's name, and its fingerprint, for readers of the adapter.</param>
    internal CartridgeRun(
        LlamaModel model, CartridgeTrainingOptions options, IReadOnlyList<CartridgePart> parts,
        (string? Name, ModelFingerprint Fingerprint) named)
    {
        _options = options;
        _parts = parts;
        _base = named;
        _cartridges = [.. parts.Select(part => new Cartridge(part.Memory, model.Config, options, model.Weights.Device))];
        _batches = new CartridgeBatches(parts, [.. _cartridges.Select(one => one.Positions)], model.Config.MaxPositions, options);
        _learner = new CartridgeLearner(model);
        Steps = options.MaxSteps ?? options.Epochs * _batches.StepsPerEpoch;
        _schedule = new RateSchedule(options.LearningRate, Steps, options.WarmUp * Steps, options.FinalRate);
        _adapterSchedule = new RateSchedule(options.AdapterLearningRate, Steps, options.WarmUp * Steps, options.FinalRate);
        _adapter = options.AdapterLearningRate > 0 ? Begin(parts[0].Adapter, model, options) : null;
        _trained =
        [
            .. _cartridges.Select((one, i) => ($"{i}.entries", one.Entries)),
            .. (_adapter?.Named() ?? []).Select(entry => (AdapterPrefix + entry.Name, entry.Weight)),
        ];
        _kept = [.. _cartridges.Select((one, i) => ($"{i}.biases", one.Biases))];
        _optimizer = new AdamWOptimizer(_trained) { Beta2 = options.Beta2 };
        _best = Validates ? [.. _trained.Select(entry => ("best." + entry.Name, entry.Weight.detach().clone().DetachFromDisposeScope()))] : [];
    }

    /// <inheritdoc/>
    public long Step => _optimizer.Steps;

    /// <inheritdoc/>
    public long Steps { get; }

    /// <inheritdoc/>
    public long StepsPerEpoch => _batches.StepsPerEpoch;

    /// <inheritdoc/>
    public bool Validates => _parts.Any(part => part.HeldOut.Count > 0);

    /// <inheritdoc/>
    public StepOutcome TakeStep()
    {
        long step = _optimizer.Steps;
        CartridgePass[] passes = [.. _batches.OfStep(step)];
        double places = passes.Sum(pass => pass.Questions.Sum(question => question.Answer.Length));
        double loss = 0;
        long tokens = 0;
        foreach (CartridgePass pass in passes)
        {
            using (NewDisposeScope())
            {
                AdapterLoss outcome = Run(pass);
                Tensor share = outcome.Sum.Over(places);
                share.backward();
                loss += share.item<float>();
                tokens += outcome.Positions;
            }

            _memory.AfterPass();
        }

        foreach (Cartridge one in _cartridges)
        {
            one.Freeze();
        }

        double rate = _schedule.At(step);
        _optimizer.Step(rate, _options.ClipNorm, name => name.StartsWith(AdapterPrefix, StringComparison.Ordinal) ? _adapterSchedule.At(step) : rate);
        return new StepOutcome(loss, rate, tokens);
    }

    /// <inheritdoc/>
    public TrainingValidation Validate()
    {
        using IDisposable guard = no_grad();
        double loss = 0;
        int exact = 0;
        foreach (CartridgePass pass in _batches.HeldOut())
        {
            using DisposeScope scope = NewDisposeScope();
            AdapterLoss outcome = Run(pass);
            loss += outcome.Sum.item<float>();
            exact += outcome.CountExact();
        }

        AdapterExample[] held = [.. _parts.SelectMany(part => part.HeldOut)];
        return new TrainingValidation(loss / held.Sum(one => one.Answer.Length), (double)exact / held.Length);
    }

    /// <inheritdoc/>
    public void KeepBest() => Copy(_trained, _best);

    /// <inheritdoc/>
    public void Save(string path, string note) => StageCheckpoint.SaveState(path, [.. _trained, .. _kept, .. _best], _optimizer, note);

    /// <inheritdoc/>
    public void Restore(string path) => StageCheckpoint.RestoreState(path, [.. _trained, .. _kept, .. _best], _optimizer);

    /// <inheritdoc/>
    public void Export(string folder)
    {
        if (Validates)
        {
            Copy(_best, _trained);
        }

        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Directory.CreateDirectory(folder);
        StageCheckpoint.WriteTensors(
            Path.Combine(folder, ResultFile),
            [.. _cartridges.Zip(_parts, (one, part) => (part.Id, cat([one.Entries, one.Biases], 1)))],
            new Dictionary<string, string> { ["format"] = "pt" });
        if (_adapter is not null)
        {
            LoraAdapterFolder.Save(folder, _adapter, _base.Name, _base.Fingerprint);
        }
    }

    /// <summary>Gets the memories as they are now, in the order of the documents.</summary>
    internal IReadOnlyList<SummaryEmbeddings> ToMemories() => [.. _cartridges.Select(one => one.ToMemory())];

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _adapter?.Dispose();
        foreach (Cartridge one in _cartridges)
        {
            one.Dispose();
        }

        foreach ((_, Tensor kept) in _best)
        {
            kept.Dispose();
        }
    }

    private AdapterLoss Run(CartridgePass pass) => _learner.Run(
        [.. pass.Prefix.Select(part => _cartridges[part])], pass.Questions, _adapter ?? _parts[pass.Part].Adapter, _options.AnswerWeight);

    private static LoraAdapter Begin(LoraAdapter? known, LlamaModel model, CartridgeTrainingOptions options)
    {
        if (known is not null)
        {
            return known.CopyAsParameters();
        }

        var usual = new AdapterTrainingOptions();
        return LoraAdapter
            .Fresh("new", model.Config, options.AdapterRank, 2 * options.AdapterRank, [.. usual.Targets], options.Seed, model.Weights.Device)
            .AsParameters();
    }

    private static void Copy((string Name, Tensor Weight)[] from, (string Name, Tensor Weight)[] to)
    {
        using IDisposable guard = no_grad();
        foreach (((_, Tensor source), (_, Tensor target)) in from.Zip(to))
        {
            target.copy_(source);
        }
    }
}
