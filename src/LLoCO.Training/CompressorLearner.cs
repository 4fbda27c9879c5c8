using LLoCO.Core.Compression;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/*
 *   segments      1      2   |   3      4   |   5 …          windows of two
 *   graph       [────────────]  [────────────]               each window's loss is sent back and its memory let go
 *   summaries     1 ───► 2  ──►  3 ───► 4  ──►               across a border they are numbers, not a graph
 */

/// <summary>The losses of documents with the same number of segments: next tokens behind summaries, segments anew from their
/// summaries, answers behind all of them. The caller owns the optimizer.</summary>
/// <param name="model">The model.</param>
/// <param name="adapter">The LoRA update in training, or <see langword="null"/>.</param>
/// <param name="options">Checked options.</param>
/// <param name="projector">What summaries pass before they stand in front of an answer; <see langword="null"/> for none.</param>
internal sealed class CompressorLearner(
    LlamaModel model, LoraAdapter? adapter, CompressorTrainingOptions options, TrainedProjector? projector = null)
{
    private readonly SummaryLearner _learner = new(model);
    private readonly FreedMemory _memory = new();
    private readonly int _marker = model.Config.BeginOfSequenceId ?? model.Config.EndOfSequenceIds[0];

    /// <summary>Runs documents window by window.</summary>
    /// <param name="rows">The documents with their segments, the same number each.</param>
    /// <param name="totals">What each loss is divided by.</param>
    /// <param name="learn">Whether gradients are sent back.</param>
    internal CompressorLoss Run(IReadOnlyList<SegmentedDocument> rows, CompressorTotals totals, bool learn)
    {
        using DisposeScope outer = NewDisposeScope();
        using var earlier = new DifferentiableKeyValues(model.Config.Layers);
        var read = new ReadSoFar(earlier, []);
        var sum = new CompressorLoss();
        for (int start = 0; start < rows[0].Segments.Length; start += options.GradientSegments)
        {
            RunWindow(rows, start, read, totals, sum, learn);
            _memory.AfterPass();
        }

        return sum;
    }

    private void RunWindow(
        IReadOnlyList<SegmentedDocument> rows, int start, ReadSoFar read, CompressorTotals totals, CompressorLoss sum, bool learn)
    {
        using DisposeScope window = NewDisposeScope();
        int count = rows[0].Segments.Length;
        int end = Math.Min(count, start + options.GradientSegments);
        bool asked = options.QuestionWeight > 0 && rows.Any(row => row.Questions.Count > 0) && model.Config.SummaryLength > 0;
        var losses = new List<Tensor>();
        var inside = new List<Tensor>();
        Tensor? last = read.Last;
        for (int place = start; place < end; place++)
        {
            SegmentBatch segments = SegmentBatch.From([.. rows.Select(row => row.Segments[place])], model.Weights.Device);
            SegmentOutput output = _learner.Read(segments, last, read.Earlier, adapter);
            sum.Positions += segments.Ids.numel();
            AddLanguage(losses, sum, output.Tokens, rows, place, totals);
            last = output.Summary;
            if (last is not null)
            {
                inside.Add(last);
                AddReconstruction(losses, sum, last, rows, place, totals);
            }
        }

        if (asked && end == count)
        {
            AddQuestions(losses, sum, cat([.. read.Summaries, .. inside], 1), rows, totals);
        }

        if (losses.Count > 0)
        {
            Tensor loss = losses.Aggregate((one, other) => one.Plus(other));
            sum.Loss += loss.item<float>();
            if (learn && loss.requires_grad)
            {
                loss.backward();
            }
        }

        read.Last?.Dispose();
        read.Last = last?.detach().clone().MoveToOuterDisposeScope();
        read.Summaries.AddRange(asked ? inside.Select(one => one.detach().clone().MoveToOuterDisposeScope()) : []);
    }

    /// <summary>Every token but a document's first is predicted by the place before it, in its own segment or at the end of the
    /// one before.</summary>
    private void AddLanguage(
        List<Tensor> losses, CompressorLoss sum, Tensor tokens, IReadOnlyList<SegmentedDocument> rows, int place,
        CompressorTotals totals)
    {
        if (options.LanguageWeight <= 0 || totals.Language == 0)
        {
            return;
        }

        // Logits are the largest tensors of all, and the backward pass does not need them.
        using DisposeScope scope = NewDisposeScope();
        long width = tokens.size(1);
        var places = new List<long>();
        var labels = new List<long>();
        for (int row = 0; row < rows.Count; row++)
        {
            int[] segment = rows[row].Segments[place];
            int[]? next = place + 1 < rows[row].Segments.Length ? rows[row].Segments[place + 1] : null;
            for (int i = 0; i < segment.Length; i++)
            {
                if (i + 1 < segment.Length || next is not null)
                {
                    places.Add((row * width) + i);
                    labels.Add(i + 1 < segment.Length ? segment[i + 1] : next![0]);
                }
            }
        }

        if (places.Count == 0)
        {
            return;
        }

        Tensor hidden = tokens.reshape(-1, tokens.size(2)).index_select(0, tensor(places.ToArray(), device: tokens.device));
        Tensor wanted = tensor(labels.ToArray(), device: tokens.device);
        Tensor logits = model.Logits(hidden);
        Tensor loss = nn.functional.cross_entropy(logits, wanted, reduction: nn.Reduction.Sum)
            .Times(options.LanguageWeight / totals.Language);
        losses.Add(loss.MoveToOuterDisposeScope());
        sum.Right += logits.detach().argmax(1).eq(wanted).sum().item<long>();
        sum.Predicted += places.Count;
    }

    private void AddReconstruction(
        List<Tensor> losses, CompressorLoss sum, Tensor summary, IReadOnlyList<SegmentedDocument> rows, int place,
        CompressorTotals totals)
    {
        if (options.ReconstructionWeight <= 0)
        {
            return;
        }

        // Normally the next segment follows a summary, so a mark tells the model to write this one.
        TrainingItem[][] items = [.. rows.Select(row => new[] { Item([_marker], row.Segments[place]) })];
        ItemBatch batch = ItemBatch.From(items, model.Weights.Device);
        (Tensor loss, _) = Loss(summary, batch);
        losses.Add(loss.Times(options.ReconstructionWeight / totals.Reconstruction));
        sum.Positions += batch.Ids.numel() + (summary.size(0) * summary.size(1));
    }

    private void AddQuestions(
        List<Tensor> losses, CompressorLoss sum, Tensor prefix, IReadOnlyList<SegmentedDocument> rows, CompressorTotals totals)
    {
        TrainingItem[][] items = [.. rows.Select(row => row.Questions
            .Select(question => Item(question.Prompt.Span, question.Answer.Span)).ToArray())];
        ItemBatch batch = ItemBatch.From(items, model.Weights.Device);
        (Tensor loss, Tensor right) = Loss(prefix, batch);
        losses.Add(loss.Times(options.QuestionWeight / totals.Questions));
        int[] lengths = [.. rows.SelectMany(row => row.Questions).Select(question => question.Answer.Length)];
        sum.Exact += new AdapterLoss(loss, right, lengths, 0).CountExact();
        sum.Asked += lengths.Length;
        sum.Positions += batch.Ids.numel() + (prefix.size(0) * prefix.size(1));
    }

    private (Tensor Loss, Tensor Right) Loss(Tensor prefix, ItemBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor lengths = HeldNumbers.Full([prefix.size(0), 1], prefix.size(1), prefix.device);
        Tensor logits = _learner.Logits(projector?.Apply(prefix) ?? prefix, null, lengths, batch, adapter);
        Tensor loss = nn.functional.cross_entropy(logits, batch.Labels, reduction: nn.Reduction.Sum);
        Tensor right = logits.detach().argmax(1).eq(batch.Labels);
        return (loss.MoveToOuterDisposeScope(), right.MoveToOuterDisposeScope());
    }

    private static TrainingItem Item(ReadOnlySpan<int> given, ReadOnlySpan<int> learned)
    {
        int[] ids = [.. given, .. learned];
        float[] weights = new float[ids.Length];
        Array.Fill(weights, 1f, given.Length, learned.Length);
        return new TrainingItem(ids, weights, Target: -1);
    }

    /// <summary>What windows pass on to later ones: numbers without a graph.</summary>
    /// <param name="earlier">Keys and values of all summaries but the last.</param>
    /// <param name="summaries">All summaries, where questions will be asked behind them.</param>
    private sealed class ReadSoFar(DifferentiableKeyValues earlier, List<Tensor> summaries)
    {
        internal DifferentiableKeyValues Earlier { get; } = earlier;

        internal List<Tensor> Summaries { get; } = summaries;

        internal Tensor? Last { get; set; }
    }
}
