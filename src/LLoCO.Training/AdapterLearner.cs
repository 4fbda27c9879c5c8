using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>
/// The loss of questions behind summary embeddings (arXiv 2404.07979, section 3.2): cross-entropy on the answers' tokens, and
/// beside it on a teacher's distribution where examples carry one. The caller owns the dispose scope.
/// </summary>
internal sealed class AdapterLearner(LlamaModel model, AdapterTrainingOptions options)
{
    private const double LeastWeight = 1e-30;

    private readonly SummaryLearner _learner = new(model);

    /// <summary>The weight of an example's answer tokens, all together: what losses are divided by.</summary>
    internal static double Weight(AdapterExample example) => example.Weight * example.Answer.Length;

    /// <summary>Runs one batch behind its prefixes and weighs the losses of its answers.</summary>
    /// <param name="rows">Examples by row; those of a row have the same prefix.</param>
    /// <param name="adapter">The adapter.</param>
    /// <returns>The sum of the weighted losses, and which answers greedy decoding would give.</returns>
    internal AdapterLoss Run(IReadOnlyList<IReadOnlyList<AdapterExample>> rows, LoraAdapter adapter)
    {
        AdapterPrefix prefix = AdapterPrefix.From(model, [.. rows.Select(row => row[0])]);
        ItemBatch items = ItemBatch.From([.. rows.Select(row => row.Select(one => Item(one, options.AnswerWeightBesideTeacher)).ToArray())], model.Weights.Device);
        Tensor logits = _learner.Logits(prefix.Vectors, prefix.Valid, prefix.Lengths, items, adapter);
        Tensor losses = nn.functional.cross_entropy(logits, items.Labels, reduction: nn.Reduction.None);
        Tensor sum = (losses * items.Weights).sum();
        AdapterExample[] examples = [.. rows.SelectMany(row => row)];
        if (examples.Any(example => example.Teacher is not null))
        {
            sum = sum.Plus(TeacherLoss.Create(logits, [.. examples.Select(example => (example, example.Weight * options.TeacherWeight))]));
        }

        long positions = (long)items.Ids.size(0) * (prefix.Vectors.size(1) + items.Width);
        return new AdapterLoss(sum, logits.argmax(1).eq(items.Labels), [.. examples.Select(one => one.Answer.Length)], positions);
    }

    /// <summary>Lays an example out as prompt and answer.</summary>
    /// <param name="example">The example.</param>
    /// <param name="besideTeacher">The weight of the answer's own tokens where there is a teacher.</param>
    internal static TrainingItem Item(AdapterExample example, double besideTeacher)
    {
        int prompt = example.Prompt.Length;
        int[] ids = [.. example.Prompt.Span, .. example.Answer.Span];
        float[] weights = new float[ids.Length];

        // Places of weight zero are not computed, yet a teacher's loss needs them: the least weight stands for none.
        double weight = example.Teacher is null ? 1 : Math.Max(besideTeacher, LeastWeight);
        Array.Fill(weights, (float)(example.Weight * weight), prompt, ids.Length - prompt);
        return new TrainingItem(ids, weights, Target: -1);
    }
}

/// <summary>What a pass over examples gave.</summary>
/// <param name="Sum">Sum of the weighted losses, a scalar.</param>
/// <param name="Right">Per learned place, whether its token is the most probable one; boolean.</param>
/// <param name="Lengths">Learned places of each example, in order.</param>
/// <param name="Positions">Positions passed through the model, padding included.</param>
internal sealed record AdapterLoss(Tensor Sum, Tensor Right, IReadOnlyList<int> Lengths, long Positions)
{
    /// <summary>Counts the examples whose answer is right at every place.</summary>
    internal int CountExact()
    {
        bool[] right = Right.cpu().data<bool>().ToArray();
        int start = 0;
        int exact = 0;
        foreach (int length in Lengths)
        {
            exact += right.AsSpan(start, length).Contains(false) ? 0 : 1;
            start += length;
        }

        return exact;
    }
}
