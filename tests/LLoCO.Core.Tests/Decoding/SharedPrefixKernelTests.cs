using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Kernels;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Decoding;

/// <summary>The kernels read a shared prefix and the row's own keys and values as if they lay in one piece.</summary>
public sealed class SharedPrefixKernelTests
{
    private static readonly LlamaConfig Config = new()
    {
        VocabularySize = 48,
        HiddenSize = 64,
        IntermediateSize = 96,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDimension = 16,
        MaxPositions = 4096,
    };

    [Theory]
    [InlineData(5, 3, ScalarType.Float32)]
    [InlineData(700, 1, ScalarType.Float32)]
    [InlineData(700, 1300, ScalarType.Float32)]
    [InlineData(1500, 40, ScalarType.BFloat16)]
    [InlineData(3000, 0, ScalarType.Float32)]
    public void Step_BehindASharedPrefix_GivesTheLogitsOfOnePiece(int prefix, int own, ScalarType type)
    {
        using var mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var model = new LlamaModel(LlamaWeights.Random(Config, 11, type, CPU));
        using KernelDecoder kernels = KernelDecoder.Create(model, new DecodingOptions { Threads = 2 }, rows: 2)!;
        using var whole = new KeyValueCache(Config, 1, prefix + own + 2, type, CPU);
        using var front = new KeyValueCache(Config, 1, prefix, type, CPU);
        using var parts = new KeyValueCache(Config, 1, own + 2, type, CPU);
        Fill(whole, front, 0, prefix);
        parts.Attach(front.Freeze());
        Fill(whole, parts, prefix, own);
        DecodeSequence[] rows = [kernels.Begin(whole, null), kernels.Begin(parts, null)];

        for (int step = 0; step < 2; step++)
        {
            foreach (DecodeSequence row in rows)
            {
                (row.Token, row.Position) = (7 + step, prefix + own + step);
            }

            kernels.Engine.Step(rows);
            float[] one = kernels.Engine.Logits(0).ToArray();
            float[] two = kernels.Engine.Logits(1).ToArray();

            Assert.True(one.Max() - one.Min() > 0.01, "The logits must differ for this to prove anything.");
            Assert.All(one.Zip(two), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }
    }

    [Fact]
    public void Step_NoRoomBehindThePrefix_IsRefused()
    {
        using var mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var model = new LlamaModel(LlamaWeights.Random(Config, 11, ScalarType.Float32, CPU));
        using KernelDecoder kernels = KernelDecoder.Create(model, new DecodingOptions { Threads = 1 })!;
        using var front = new KeyValueCache(Config, 1, 4, ScalarType.Float32, CPU);
        using var cache = new KeyValueCache(Config, 1, 2, ScalarType.Float32, CPU);
        front.Commit(4);
        cache.Attach(front.Freeze());
        DecodeSequence[] rows = [kernels.Begin(cache, null)];

        foreach (int position in (int[])[3, 6])
        {
            rows[0].Position = position;
            Assert.Throws<InvalidOperationException>(() => kernels.Engine.Step(rows));
        }
    }

    /// <summary>Puts the same random keys and values into both.</summary>
    private static void Fill(KeyValueCache whole, KeyValueCache part, int start, int count)
    {
        if (count == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        for (int layer = 0; layer < Config.Layers; layer++)
        {
            long[] shape = [1, Config.KeyValueHeads, count, Config.HeadDimension];
            Tensor keys = randn(shape, generator: new Generator((ulong)(start + layer)));
            Tensor values = randn(shape, generator: new Generator((ulong)(start + layer + 100)));
            whole.Write(layer, keys, values);
            part.Write(layer, keys, values);
        }

        whole.Commit(count);
        part.Commit(count);
    }
}
