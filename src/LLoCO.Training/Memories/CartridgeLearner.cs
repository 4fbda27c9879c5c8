using LLoCO.Core.Compression;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Memories;

/*
 *   teacher   [ head | text of the segment ] question answer      its likeliest tokens at each place of the answer
 *   student   [ slots | slots of another ]   question answer      learns them; only the slots have gradients
 */

/// <summary>The passes of teacher and student: questions side by side behind keys and values, none sees another. The caller owns the
/// dispose scope.</summary>
/// <param name="model">The model.</param>
internal sealed class CartridgeLearner(LlamaModel model)
{
    private const int PassTokens = 2048;

    /// <summary>Computes the student's loss.</summary>
    /// <param name="prefix">The memories, in the order of the prefix.</param>
    /// <param name="examples">Questions with a teacher.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/>.</param>
    /// <param name="answerWeight">The weight of the answers' own tokens.</param>
    /// <returns>The sum of the losses, and which answers greedy decoding would give.</returns>
    internal AdapterLoss Run(
        IReadOnlyList<Cartridge> prefix, IReadOnlyList<AdapterExample> examples, LoraAdapter? adapter, double answerWeight)
    {
        using var store = new LaidMemories(model, prefix);
        ItemBatch items = Items(examples, answerWeight);
        Tensor logits = Logits(store, items, adapter);
        Tensor sum = TeacherLoss.Create(logits, [.. examples.Select(one => (one, 1.0))]).Plus(-examples.Sum(TeacherLoss.Entropy));
        if (answerWeight > 0)
        {
            Tensor own = nn.functional.cross_entropy(logits, items.Labels, reduction: nn.Reduction.None);
            sum = sum.Plus((own * items.Weights).sum());
        }

        return new AdapterLoss(
            sum, logits.argmax(1).eq(items.Labels), [.. examples.Select(one => one.Answer.Length)], store.Length + items.Width);
    }

    /// <summary>Lets the model say what it answers with the text in its window.</summary>
    /// <param name="text">What a prompt begins with, and the text.</param>
    /// <param name="examples">Questions about the text.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/>.</param>
    /// <param name="top">Likeliest tokens of each place.</param>
    /// <param name="atOnce">Questions of a pass.</param>
    /// <returns>The questions with a teacher, in order.</returns>
    internal IReadOnlyList<AdapterExample> Teach(
        int[] text, IReadOnlyList<AdapterExample> examples, LoraAdapter? adapter, int top, int atOnce)
    {
        using DisposeScope scope = NewDisposeScope();
        AdapterExample[][] passes = [.. examples.Chunk(atOnce)];
        int room = passes.Max(pass => pass.Sum(one => one.Prompt.Length + one.Answer.Length));
        using var cache = new KeyValueCache(model.Config, 1, text.Length + room, model.Weights.Type, model.Weights.Device);
        for (int start = 0; start < text.Length; start += PassTokens)
        {
            using DisposeScope part = NewDisposeScope();
            int rows = Math.Min(PassTokens, text.Length - start);
            Tensor ids = CompressionRun.Ids(text.AsSpan(start, rows), model.Weights.Device);
            model.Infer(model.Embed(ids)[0], [new SequenceRows(cache, rows, Wanted: 0)], adapter);
            cache.Commit(rows);
        }

        return [.. passes.SelectMany(pass => Teach(cache, pass, adapter, top))];
    }

    private AdapterExample[] Teach(KeyValueCache cache, AdapterExample[] examples, LoraAdapter? adapter, int top)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Logits(cache, Items(examples, 1), adapter);
        int kept = (int)Math.Min(top, logits.size(1));
        (Tensor shares, Tensor ids) = nn.functional.log_softmax(logits, 1).topk(kept);

        // Shares of what is told: with less, a student that says nothing else would seem better than its teacher.
        float[] logProbabilities = nn.functional.log_softmax(shares, 1).cpu().contiguous().data<float>().ToArray();
        int[] tokens = [.. ids.cpu().contiguous().data<long>().ToArray().Select(id => (int)id)];
        int place = 0;
        return [.. examples.Select(example => example with
        {
            Teacher = [.. Enumerable.Range(0, example.Answer.Length).Select(_ =>
            {
                int at = kept * place++;
                return new TeacherToken(tokens.AsMemory(at, kept), logProbabilities.AsMemory(at, kept));
            })],
        })];
    }

    private ItemBatch Items(IReadOnlyList<AdapterExample> examples, double weight) =>
        ItemBatch.From([[.. examples.Select(example => AdapterLearner.Item(example, weight))]], model.Weights.Device);

    private Tensor Logits(KeyValueStore store, ItemBatch items, LoraAdapter? adapter)
    {
        long stored = store.Length;
        long first = store.NextPosition;
        var pass = new ForwardPass(items.Positions.Plus(HeldNumbers.Full([1, 1], first, items.Ids.device)), first + items.Width + 1)
        {
            Mask = Mask(items.Blocks, stored), Cache = store, Adapter = adapter,
        };
        Tensor hidden = model.Forward(model.Embed(items.Ids), pass);
        return model.Logits(hidden[0].index_select(0, items.LossPlaces));
    }

    /// <summary>All slots are seen, and of the questions those before in the same one.</summary>
    private Tensor Mask(Tensor blocks, long stored)
    {
        long width = blocks.size(1);
        Tensor causal = ones([width, width], dtype: ScalarType.Bool, device: blocks.device).tril();
        Tensor hidden = blocks.unsqueeze(1).eq(blocks.unsqueeze(2)).logical_and(causal).logical_not();
        Tensor added = zeros([1, width, width], dtype: model.Weights.Type, device: blocks.device)
            .Fill(hidden, double.NegativeInfinity);
        return cat([zeros([1, width, stored], dtype: added.dtype, device: added.device), added], 2).unsqueeze(1);
    }
}
