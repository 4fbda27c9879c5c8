using System.Diagnostics;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Training;

/// <summary>Training and plain passes give the same bits while another thread collects garbage all the time: no number and no
/// tensor is freed under a call that reads it.</summary>
public sealed class CollectedWhileTrainingTests
{
    private static readonly LlamaConfig Config = new()
    {
        VocabularySize = 12, HiddenSize = 8, IntermediateSize = 8, Layers = 1, Heads = 2, KeyValueHeads = 1, HeadDimension = 4,
        MaxPositions = 64, TieWordEmbeddings = true, SummaryLength = 2,
    };

    private static readonly int[][] Segments = [[1, 2, 3, 4], [5, 6, 7]];

    [Fact]
    public void StepAndPass_WhileGarbageIsCollected_GiveTheSameBits() => Repeat(200);

    [Fact]
    [Trait("Category", "Slow")]
    public void StepAndPass_100000TimesWhileGarbageIsCollected_GiveTheSameBits() => Repeat(SlowCount.Of(100_000));

    private static void Repeat(int times)
    {
        set_num_threads(1);
        using LlamaWeights weights = LlamaWeights.Random(Config, 4, ScalarType.Float32, CPU).AsParameters();
        using var model = new LlamaModel(weights);
        using LoraAdapter adapter = LoraAdapter.Fresh("a", Config, 2, 4, [LoraTarget.Query, LoraTarget.Up], 1, CPU)
            .AsParameters(dropout: 0.2);
        (string Name, Tensor Weight)[] trained = [.. weights.Named(), .. adapter.Named()];
        float[][] start = [.. trained.Select(entry => Numbers(entry.Weight))];
        byte[] expected = Round(model, adapter, trained, start);
        bool done = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        TimeSpan longest = SlowCount.Longest;
        var clock = Stopwatch.StartNew();
        int rounds = 0;
        int same = 0;
        try
        {
            for (; rounds < times && clock.Elapsed < longest; rounds++)
            {
                same += Round(model, adapter, trained, start).AsSpan().SequenceEqual(expected) ? 1 : 0;
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
            collector.Join();
        }

        SlowCount.Report(rounds, times, "rounds");
        Assert.Equal(rounds, same);
    }

    /// <summary>A plain pass and a step of training, from the same weights each time.</summary>
    /// <returns>All bits of the pass's result, the loss, and the weights and moments after the step.</returns>
    private static byte[] Round(
        LlamaModel model, LoraAdapter adapter, (string Name, Tensor Weight)[] trained, float[][] start)
    {
        using DisposeScope scope = NewDisposeScope();
        var bits = new MemoryStream();
        using (no_grad())
        {
            foreach (((_, Tensor weight), float[] numbers) in trained.Zip(start))
            {
                weight.copy_(tensor(numbers, weight.shape));
            }

            Tensor inputs = model.Embed(tensor(new long[] { 1, 5, 2, 7, 9, 3 }, [2, 3]));
            adapter.DropoutRandom = null;
            bits.Write(model.Forward(inputs, ForwardPass.Consecutive(0, 3, CPU, adapter: adapter)).bytes);
        }

        using var random = new Generator(7, CPU);
        adapter.DropoutRandom = random;
        using var optimizer = new AdamWOptimizer(trained) { WeightDecay = 0.01 };
        Tensor loss = Loss(model, adapter);
        loss.backward();
        optimizer.Step(0.01, clip: 0.5);
        bits.Write(loss.detach().bytes);
        foreach ((_, Tensor weight) in trained.Concat(optimizer.Named()))
        {
            bits.Write(weight.detach().contiguous().bytes);
        }

        return bits.ToArray();
    }

    /// <summary>The loss of items behind summaries: segments of several lengths, two items in a row, some that see a part of the
    /// prefix.</summary>
    private static Tensor Loss(LlamaModel model, LoraAdapter adapter)
    {
        var learner = new SummaryLearner(model);
        SegmentBatch[] places = [SegmentBatch.From(Segments), SegmentBatch.From([Segments[1], Segments[0]])];
        Tensor summary = learner.Compress(places);
        var item = new TrainingItem([3, 4, 5], [0, 1, 1], 1, "kind");
        ItemBatch items = ItemBatch.From([[item, item with { Seen = 2 }], [item]]);
        Tensor lengths = HeldNumbers.Full([2, 1], summary.size(1));
        Tensor logits = learner.Logits(summary, null, lengths, items, adapter);
        Tensor losses = nn.functional.cross_entropy(logits, items.Labels, reduction: nn.Reduction.None);
        return (losses * items.Weights).sum() / items.Weights.sum();
    }

    private static float[] Numbers(Tensor tensor) => tensor.detach().data<float>().ToArray();
}
