using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Training;

/// <summary>The batched, packed passes of training against the plain passes that the goldens check.</summary>
public sealed class SummaryLearnerTests
{
    private const float Tolerance = 2e-5f;

    private static readonly LlamaConfig Config = new()
    {
        VocabularySize = 40, HiddenSize = 32, IntermediateSize = 48, Layers = 2, Heads = 4, KeyValueHeads = 4, HeadDimension = 8,
        MaxPositions = 256, TieWordEmbeddings = true, SummaryLength = 3, SegmentLength = 8,
    };

    // Rows of different lengths at every place: padding must change nothing.
    private static readonly int[][][] Documents =
    [
        [[3, 4, 5, 6, 7, 8, 9], [10, 11, 12, 13], [14, 15, 16, 17, 18, 19]],
        [[20, 21, 22], [23, 24, 25, 26, 27, 28, 29], [30, 31, 32, 33]],
    ];

    [Fact]
    public void Compress_RowsOfDifferentLengths_EqualOneAfterTheOther()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using LlamaModel model = Model();
        SegmentBatch[] places = Enumerable.Range(0, 3)
            .Select(place => SegmentBatch.From(Documents.Select(document => document[place]).ToArray())).ToArray();

        Tensor together = new SummaryLearner(model).Compress(places);

        for (int row = 0; row < Documents.Length; row++)
        {
            AssertClose(Plain(model, Documents[row]), together[row]);
        }
    }

    [Fact]
    public void Logits_ItemsInOneRow_EqualEachAloneBehindWhatItSees()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using LlamaModel model = Model();
        TrainingItem[][] items =
        [
            [Item(1, 5, 9, 2), Item(7, 7, 8) with { Seen = 4 }, Item(30, 2, 4, 6, 1), Item(3, 9, 9) with { Seen = 1 }],
            [Item(12, 13, 14), Item(8, 2, 6) with { Seen = 3 }],
        ];
        Tensor prefix = randn([2, 6, 32], generator: new Generator(3, CPU));
        Tensor lengths = tensor(new long[] { 6, 4 }, [2, 1]);
        Tensor valid = tensor(new[] { true, true, true, true, true, true, true, true, true, true, false, false }, [2, 6]);

        Tensor packed = new SummaryLearner(model).Logits(prefix, valid, lengths, ItemBatch.From(items), null);

        var alone = new List<Tensor>();
        for (int row = 0; row < items.Length; row++)
        {
            foreach (TrainingItem item in items[row])
            {
                Tensor own = prefix[row].narrow(0, 0, item.Seen ?? lengths[row].item<long>()).unsqueeze(0);
                Tensor ids = tensor(item.Ids.Select(id => (long)id).ToArray(), [1, item.Ids.Length]);
                Tensor inputs = cat([own, model.Embed(ids)], 1);
                Tensor hidden = model.Forward(inputs, ForwardPass.Consecutive(0, inputs.size(1), CPU));
                alone.Add(model.Logits(hidden.narrow(1, own.size(1), item.Ids.Length - 1))[0]);
            }
        }

        AssertClose(cat(alone.ToArray(), 0), packed);
    }

    [Fact]
    public void Compress_Loss_ReachesEmbedSummaryAndEarlierSegments()
    {
        using DisposeScope scope = NewDisposeScope();
        using LlamaModel model = new(Weights().AsParameters());
        SegmentBatch[] places = [SegmentBatch.From([[5, 6, 7]]), SegmentBatch.From([[9, 10, 11]])];

        Tensor summary = new SummaryLearner(model).Compress(places);
        summary.narrow(1, 3, 3).Squared().sum().backward();

        // Token 6 stands in the first segment only; the loss looks at the second segment's summary only.
        Assert.NotEqual(0f, model.Weights.TokenEmbedding.grad![6].abs().sum().item<float>());
        Assert.Equal(0f, model.Weights.TokenEmbedding.grad![20].abs().sum().item<float>());
        Assert.NotEqual(0f, model.Weights.SummaryEmbedding!.grad!.abs().sum().item<float>());
    }

    private static LlamaModel Model() => new(Weights());

    private static LlamaWeights Weights()
    {
        LlamaWeights weights = LlamaWeights.Random(Config, 5, ScalarType.Float32, CPU);
        using IDisposable guard = no_grad();
        foreach ((_, Tensor weight) in weights.Named().Where(entry => entry.Weight.dim() == 2))
        {
            // Larger than at the start of training, so that a wrong position or mask moves the outputs far beyond rounding.
            weight.Multiply(12);
        }

        return weights;
    }

    private static TrainingItem Item(params int[] ids) => new(ids, ids.Select(_ => 1f).ToArray(), ids.Length - 1);

    private static Tensor Plain(LlamaModel model, int[][] segments)
    {
        Tensor? summaries = null;
        foreach (int[] segment in segments)
        {
            Tensor ids = tensor(segment.Select(id => (long)id).ToArray(), [1, segment.Length]);
            Tensor summary = SegmentEncoder.Encode(model, summaries, ids, null, summarise: true).Summary!;
            summaries = summaries is null ? summary : cat([summaries, summary], 1);
        }

        return summaries![0];
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.abs().max().item<float>() > 0.1f, "the values are too small to tell a fault");
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, Tolerance);
    }
}
