using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Model;

/// <summary>The scripted pass is compared with the plain operators, which the golden cases compare with the original.</summary>
public sealed class InferencePassTests
{
    private static float[] Once(LlamaModel model, Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        return Numbers(model.Infer(rows, [new SequenceRows(null, 9, 9)]));
    }

    private static readonly LlamaConfig Config = new()
    {
        VocabularySize = 32,
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 3,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDimension = 8,
        MaxPositions = 256,
        SummaryLength = 2,
    };

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 0.05)]
    [InlineData(ScalarType.Float16, 0.01)]
    public void Infer_SequencesWithPrefixStoredAndNewRows_GivesWhatPlainOperatorsGive(ScalarType type, double tolerance)
    {
        using var mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var model = new LlamaModel(LlamaWeights.Random(Config, 4, type, CPU));
        using LoraAdapter adapter = Adapter();
        Tensor prefix = Vectors(11, 1).to(type);
        Tensor stored = Vectors(40, 2).to(type);
        Tensor rows = Vectors(45 + 7 + 3, 3).to(type);

        (Tensor plain, float[] plainStates) = Run(model, adapter, prefix, stored, rows, plainly: true);
        (Tensor scripted, float[] keyValues) = Run(model, adapter, prefix, stored, rows, plainly: false);

        Assert.Equal([5 + 7 + 1, Config.HiddenSize], scripted.shape);
        Assert.Equal(type, scripted.dtype);
        AssertClose(Numbers(plain), Numbers(scripted), tolerance);
        AssertClose(plainStates, keyValues, tolerance);
    }

    [Fact]
    public void Infer_WhileGarbageIsCollected_GivesTheSameNumbers()
    {
        using var mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var model = new LlamaModel(LlamaWeights.Random(Config, 4, ScalarType.Float32, CPU));
        Tensor rows = Vectors(9, 1);
        float[] expected = Numbers(model.Infer(rows, [new SequenceRows(null, 9, 9)]));
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

        float[][] results = [.. Enumerable.Range(0, 600).Select(_ => Once(model, rows))];
        Volatile.Write(ref done, true);
        collector.Join();

        Assert.All(results, numbers => Assert.Equal(expected, numbers));
    }

    [Fact]
    public void Infer_NoRowsWanted_StoresTheSameStates()
    {
        using var mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var model = new LlamaModel(LlamaWeights.Random(Config, 4, ScalarType.Float32, CPU));
        Tensor rows = Vectors(9, 1);
        using var all = new KeyValueCache(Config, 1, 9, ScalarType.Float32, CPU);
        using var none = new KeyValueCache(Config, 1, 9, ScalarType.Float32, CPU);

        Tensor hidden = model.Infer(rows, [new SequenceRows(all, 9, 9)]);
        Tensor nothing = model.Infer(rows, [new SequenceRows(none, 9, 0)]);

        Assert.Equal((9, 0), (hidden.size(0), nothing.size(0)));
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            Assert.Equal(Numbers(all.OwnKeys(layer)), Numbers(none.OwnKeys(layer)));
            Assert.Equal(Numbers(all.OwnValues(layer)), Numbers(none.OwnValues(layer)));
        }
    }

    [Fact]
    public void Infer_SequencesBehindTheSameEntries_GiveWhatPlainOperatorsGive()
    {
        using var mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var model = new LlamaModel(LlamaWeights.Random(Config, 4, ScalarType.Float32, CPU));
        using var alone = new KeyValueCache(Config, 1, 11, ScalarType.Float32, CPU);
        model.Infer(Vectors(11, 1), [new SequenceRows(alone, 11, 0)]);
        alone.Commit(11);
        using PrefixKeyValues prefix = alone.Freeze();
        using var cache = new KeyValueCache(Config, 1, 40, ScalarType.Float32, CPU);
        cache.Attach(prefix.Share());
        model.Infer(Vectors(40, 2), [new SequenceRows(cache, 40, 0)]);
        cache.Commit(40);
        Tensor rows = Vectors(5 + 1 + 9, 3);
        SequenceRows[] Sequences(int wanted) =>
            [.. new[] { 5, 1, 9 }.Select(count => new SequenceRows(cache, count, Math.Min(count, wanted)) { Kept = 0 })];

        var queries = new List<Tensor>();
        var seen = new List<SeenQueries>();
        Tensor plain = model.InferOneByOne(rows, Sequences(9), null, (_, one) => queries.Add(one.Queries.clone().DetachFromDisposeScope()));
        Tensor scripted = model.Infer(rows, Sequences(9));
        Tensor some = model.Infer(rows, Sequences(2));
        Tensor none = model.Infer(rows, Sequences(0), null, (_, one) => seen.Add(new SeenQueries(Copy(one.Queries)) { Read = Copy(one.Read!), Sums = Copy(one.Sums!) }));

        AssertClose(Numbers(plain), Numbers(scripted), 1e-5);
        AssertClose(Numbers(plain.index_select(0, tensor(new long[] { 3, 4, 5, 13, 14 }))), Numbers(some), 1e-5);
        Assert.Equal([0, Config.HiddenSize], none.shape);
        Assert.Equal(Config.Layers, seen.Count);
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            Tensor asked = cat([.. Enumerable.Range(0, 3).Select(sequence => queries[(sequence * Config.Layers) + layer])], 2);
            AssertClose(Numbers(asked), Numbers(seen[layer].Queries), 1e-5);
            (Tensor Keys, Tensor Values)[] stored = [.. cache.Stored(layer)];
            Tensor keys = cat([.. stored.Select(part => part.Keys)], 2).repeat_interleave(2, 1);
            Tensor values = cat([.. stored.Select(part => part.Values)], 2).repeat_interleave(2, 1);
            Tensor scores = einsum("bhqd,bhkd->bhqk", asked, keys).Over(Math.Sqrt(Config.HeadDimension));
            AssertClose(Numbers(scores.logsumexp(-1)), Numbers(seen[layer].Sums!), 1e-5);
            AssertClose(Numbers(einsum("bhqk,bhkd->bhqd", nn.functional.softmax(scores, -1), values)), Numbers(seen[layer].Read!), 1e-5);
        }

        static Tensor Copy(Tensor one) => one.clone().DetachFromDisposeScope();
    }

    /// <summary>Three sequences: behind prefix and stored rows, behind a prefix, behind nothing; of the first and last only some
    /// rows are wanted.</summary>
    private static (Tensor Hidden, float[] KeyValues) Run(
        LlamaModel model, LoraAdapter adapter, Tensor prefix, Tensor stored, Tensor rows, bool plainly)
    {
        ScalarType type = model.Weights.Type;
        using var alone = new KeyValueCache(Config, 1, 11, type, CPU);
        Infer(prefix, [new SequenceRows(alone, 11, 0)]);
        alone.Commit(11);
        using PrefixKeyValues shared = alone.Freeze();
        using var first = new KeyValueCache(Config, 1, 40 + 45, type, CPU);
        using var second = new KeyValueCache(Config, 1, 7, type, CPU);
        first.Attach(shared.Share());
        second.Attach(shared.Share());
        Infer(stored, [new SequenceRows(first, 40, 1)]);
        first.Commit(40);
        Tensor hidden = Infer(
            rows,
            [new SequenceRows(first, 45, 5) { Kept = 2 }, new SequenceRows(second, 7, 7), new SequenceRows(null, 3, 1)]);
        float[] keyValues = Numbers(cat([first.OwnKeys(2).narrow(2, 0, 42), second.OwnValues(2)], 2));
        return (hidden, keyValues);

        Tensor Infer(Tensor inputs, SequenceRows[] sequences) => plainly
            ? model.InferOneByOne(inputs, sequences, adapter)
            : model.Infer(inputs, sequences, adapter);
    }

    private static LoraAdapter Adapter()
    {
        LoraAdapter fresh = LoraAdapter.Fresh("a", Config, 4, 8, [LoraTarget.Query, LoraTarget.Output, LoraTarget.Up], 1, CPU);
        foreach (LoraPair pair in fresh.Pairs.Values)
        {
            pair.Up.copy_(randn(pair.Up.shape, generator: new Generator(9)).Times(0.1));
        }

        return fresh;
    }

    private static Tensor Vectors(long rows, ulong seed) => randn([rows, Config.HiddenSize], generator: new Generator(seed));

    private static float[] Numbers(Tensor tensor) => tensor.to(ScalarType.Float32).contiguous().data<float>().ToArray();

    private static void AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, tolerance));
    }
}
