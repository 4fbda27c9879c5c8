using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Numerics;
using LLoCO.Core.Tensors;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Takes the steps of a <see cref="TrainingStage"/>. One thread at a time.</summary>
internal sealed class StageTrainer : IDisposable
{
    /// <summary>What the projector's weight is called, in checkpoints and in the file of a projector.</summary>
    internal const string MapName = "projector.weight";

    private const int PooledRows = 4;

    private readonly TrainingStage _stage;
    private readonly LlamaModel _model;
    private readonly LoraAdapter? _adapter;
    private readonly Tensor? _map;
    private readonly SummaryLearner _learner;
    private readonly ITrainingExamples _examples;

    /// <summary>Prepares a stage.</summary>
    /// <param name="stage">What to do.</param>
    /// <param name="model">The model; its weights are parameters where the base is trained.</param>
    /// <param name="adapter">The adapter to train, whose pairs are parameters; <see langword="null"/> to train the base.</param>
    /// <param name="examples">The documents.</param>
    /// <param name="map">The projector's weight, <c>[hidden, hidden]</c>, float32, which summary embeddings pass before they
    /// stand in front; trained where the base is. <see langword="null"/> for none.</param>
    internal StageTrainer(
        TrainingStage stage, LlamaModel model, LoraAdapter? adapter, ITrainingExamples examples, Tensor? map = null)
    {
        _map = map;
        _stage = stage;
        _model = model;
        _adapter = adapter;
        _learner = new SummaryLearner(model);
        _examples = examples;
        Trained = [.. adapter?.Named() ?? model.Weights.Named().Concat(map is null ? [] : [(MapName, map)])];
        Optimizer = new AdamWOptimizer(Trained)
        {
            Beta2 = adapter is null ? 0.98 : 0.999,
            WeightDecay = adapter is null ? 0.01 : 0,
            Orthogonal = stage.Orthogonal ? name => name.EndsWith("_proj.weight", StringComparison.Ordinal) : null,
        };
    }

    /// <summary>Gets what is trained, by name: what a checkpoint holds.</summary>
    internal IReadOnlyList<(string Name, Tensor Weight)> Trained { get; }

    /// <summary>Gets the optimizer, whose moments and step count belong to the checkpoint.</summary>
    internal AdamWOptimizer Optimizer { get; }

    /// <summary>Takes one step. What it trains on follows from the stage's seed and the step's number alone.</summary>
    internal StepResult Step()
    {
        using DisposeScope scope = NewDisposeScope();
        long step = Optimizer.Steps;
        SeededRandom random = SeededRandom.For(_stage.DataSeed, $"{_stage.Name}/{step}");
        bool raw = random.NextDouble() < _stage.RawShare;
        int segments = raw
            ? 1 + random.Next(_stage.RawSegments)
            : Segments(random);
        int rows = Math.Max(1, _stage.BatchSegments / segments);
        bool pooled = !raw && random.NextDouble() < _stage.PooledShare;
        TrainingExample[] examples = Enumerable.Range(0, rows)
            .Select(row => Example(random, segments, !pooled || row == 0, raw)).ToArray();
        ItemBatch items = ItemBatch.From(
            pooled ? Pool(examples) : examples.Select(example => example.Items).ToArray(), _model.Weights.Device);
        Tensor logits = raw ? Raw(examples, items) : Compressed(examples, items, segments, pooled);

        Tensor losses = nn.functional.cross_entropy(logits, items.Labels, reduction: nn.Reduction.None);
        Tensor loss = (losses * items.Weights).sum() / items.Weights.sum();
        loss.backward();
        Optimizer.Step(Rate(step), clip: 1);

        bool[] right = logits.argmax(1).eq(items.Labels).cpu().data<bool>().ToArray();
        Dictionary<string, (long Right, long Asked)> kinds = items.Targets.Zip(right)
            .Where(place => place.First is not null).GroupBy(place => place.First!)
            .ToDictionary(kind => kind.Key, kind => (kind.LongCount(place => place.Second), kind.LongCount()));
        long tokens = examples.Sum(example => (long)example.Segments.Sum(part => part.Length)) + items.Ids.numel();
        return new StepResult(raw, loss.item<float>(), kinds, tokens);
    }

    /// <summary>Asks about documents and learns nothing.</summary>
    /// <param name="random">Draws the documents.</param>
    /// <param name="segments">Segments of each.</param>
    /// <param name="rows">How many documents.</param>
    /// <param name="raw">Whether their text stands in front, or their summaries.</param>
    internal OpenScore Ask(SeededRandom random, int segments, int rows, bool raw)
    {
        TrainingExample[] examples = [.. Enumerable.Range(0, rows).Select(_ => Example(random, segments, alone: true, raw))];
        ItemBatch items = ItemBatch.From([.. examples.Select(example => example.Items)], _model.Weights.Device);
        Tensor logits = raw ? Raw(examples, items) : Compressed(examples, items, segments, pooled: false);
        bool[] right = logits.argmax(1).eq(items.Labels).cpu().data<bool>().ToArray();
        TrainingItem[] asked = [.. examples.SelectMany(example => example.Items)];
        (int exact, int first, int place) = (0, 0, 0);
        foreach (TrainingItem item in asked)
        {
            int learned = item.Weights.Count(weight => weight > 0);
            exact += right.AsSpan(place, learned).Contains(false) ? 0 : 1;
            first += right[place] ? 1 : 0;
            place += learned;
        }

        return new OpenScore(exact, first, asked.Length);
    }

    /// <summary>The learning rate of a step.</summary>
    internal double Rate(long step) =>
        new RateSchedule(_stage.LearningRate, _stage.Steps, _stage.WarmUp, _stage.FinalRate).At(step);

    /// <inheritdoc/>
    public void Dispose() => Optimizer.Dispose();

    private TrainingExample Example(SeededRandom random, int segments, bool alone, bool raw)
    {
        while (true)
        {
            if (_examples.Next(random, segments, alone, raw) is { } example)
            {
                return example;
            }
        }
    }

    private Tensor Raw(TrainingExample[] examples, ItemBatch items)
    {
        SegmentBatch text = SegmentBatch.From(
            examples.Select(example => example.Segments.SelectMany(ids => ids).ToArray()).ToArray(), _model.Weights.Device);
        return _learner.Logits(_model.Embed(text.Ids), text.Valid, text.Lengths, items, _adapter);
    }

    private Tensor Compressed(TrainingExample[] examples, ItemBatch items, int segments, bool pooled)
    {
        SegmentBatch[] places = Enumerable.Range(0, segments)
            .Select(place => SegmentBatch.From(
                examples.Select(example => example.Segments[place]).ToArray(), _model.Weights.Device)).ToArray();
        Tensor summary = Compress(places);
        if (_map is not null)
        {
            // In float32, as a projector computes; the decoder's format follows.
            summary = nn.functional.linear(summary.to(ScalarType.Float32), _map).to(summary.dtype);
        }

        if (pooled)
        {
            // All documents of the batch as one long prefix, the same for every row: what a question meets behind a long
            // document, for the price of short ones.
            summary = summary.reshape(1, -1, _model.Config.HiddenSize).expand(items.Ids.size(0), -1, -1);
        }

        Tensor lengths = HeldNumbers.Full([items.Ids.size(0), 1], summary.size(1), _model.Weights.Device);
        return _learner.Logits(summary, null, lengths, items, _adapter);
    }

    /// <summary>Documents of all lengths, each doubling as often as the one before.</summary>
    private int Segments(SeededRandom random)
    {
        double span = Math.Log((_stage.MaxSegments + 1.0) / _stage.MinSegments);
        return Math.Min(_stage.MaxSegments, (int)(_stage.MinSegments * Math.Exp(random.NextDouble() * span)));
    }

    /// <summary>Deals the items of all documents out to a few rows: each row pays for the whole prefix.</summary>
    private static IReadOnlyList<TrainingItem>[] Pool(TrainingExample[] examples)
    {
        TrainingItem[] all = examples.SelectMany(example => example.Items).ToArray();
        return Enumerable.Range(0, Math.Min(PooledRows, all.Length))
            .Select(row => all.Where((_, i) => i % PooledRows == row).ToArray()).ToArray();
    }

    /// <summary>The summaries of documents, as often read as the stage says.</summary>
    internal Tensor Compress(SegmentBatch[] places)
    {
        // The base that is frozen compresses without the adapter: no gradient flows there.
        using IDisposable? guard = _adapter is null ? null : no_grad();
        if (_stage.Reads == 1)
        {
            return _learner.Compress(places);
        }

        // A segment that is read again stands behind its own earlier summary, as a next one would. Only the last summary counts.
        Tensor all = _learner.Compress([.. places.SelectMany(place => Enumerable.Repeat(place, _stage.Reads))]);
        (long rows, long width) = (all.size(0), all.size(2));
        return all.view(rows, places.Length, _stage.Reads, -1, width).select(2, _stage.Reads - 1).reshape(rows, -1, width);
    }
}

/// <summary>What a step came to.</summary>
/// <param name="Raw">Whether the prefix was raw text.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Kinds">Per kind of item, the facts whose value was predicted, and those asked.</param>
/// <param name="Tokens">Tokens seen.</param>
internal readonly record struct StepResult(
    bool Raw, float Loss, IReadOnlyDictionary<string, (long Right, long Asked)> Kinds, long Tokens);
