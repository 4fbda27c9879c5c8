using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tests.Fakes;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Decoding;

/// <summary>What makes generating slow, counted rather than timed: a regression shows on any machine.</summary>
public sealed class DecodeProxiesTests
{
    private const int Tokens = 32;

    [Theory]
    [InlineData(DecodeWeights.AsStored)]
    [InlineData(DecodeWeights.Int8)]
    [InlineData(DecodeWeights.Int4)]
    public async Task FeedToken_Kernels_AllocatesNothingAndCallsNoOperator(DecodeWeights weights)
    {
        (long bytes, long tensors) = await CountAsync(new DecodingOptions { Weights = weights, Threads = 2 });

        Assert.Equal((0, 0), (bytes, tensors));
    }

    [Fact]
    public async Task FeedToken_LibTorch_IsWhatTheKernelsSave()
    {
        (long bytes, long tensors) = await CountAsync(new DecodingOptions { Engine = DecodeEngineKind.LibTorch });

        // Operators and views make tensors: dozens per layer and token.
        Assert.InRange(tensors / Tokens, 3 * 10, 3 * 120);
        Assert.True(bytes > 0);
    }

    [Fact]
    public async Task Step_AnyNumberOfRows_RunsTheSameNumberOfJobs()
    {
        await using var model = new GoldenModel("b_gqa");
        await model.Loaded.Worker.RunAsync(
            () =>
            {
                using DecoderWeights weights = KernelWeights.Create(model.Loaded.Model, DecodeWeights.AsStored);
                using var pool = new KernelPool(2);
                using var engine = new DecodeEngine(weights, pool, KernelSet.Best, 4, 4);
                using var cache = new KeyValueCache(model.Loaded.Config, 1, 8, ScalarType.Float32, CPU);
                DecodeSequence[] rows = [.. Enumerable.Range(0, 4).Select(_ => new DecodeSequence(cache.Show(), null))];
                long one = Jobs(pool, () => engine.Step(rows.AsSpan(0, 1)));
                long four = Jobs(pool, () => engine.Step(rows));

                // q/k/v, attention, output, gate/up and down in each layer, then the head: every wait costs microseconds.
                Assert.Equal((5 * model.Loaded.Config.Layers) + 1, one);
                Assert.Equal(one, four);
            },
            TestContext.Current.CancellationToken);
    }

    private static long Jobs(KernelPool pool, Action work)
    {
        long before = pool.Jobs;
        work();
        return pool.Jobs - before;
    }

    /// <summary>Bytes allocated and tensors made while tokens are generated with an adapter, the choice of each
    /// included.</summary>
    private static async Task<(long Bytes, long Tensors)> CountAsync(DecodingOptions options)
    {
        await using var model = new GoldenModel("b_gqa");
        LoraAdapter adapter = model.Loaded.FindAdapter("adapter")!;
        return await model.Loaded.Worker.RunAsync(
            () =>
            {
                using var kernels = KernelDecoder.Create(model.Loaded.Model, options);
                using var session = new DecodeSession(model.Loaded.Model, adapter, 3 * Tokens, kernels);
                var sampler = new TokenSampler(new GenerationOptions());
                int id = sampler.Next(session.FeedTokens([1, 5, 9])).Id;
                Generate(Tokens);
                long tensors = Made();
                long bytes = GC.GetAllocatedBytesForCurrentThread();
                Generate(Tokens);
                return (GC.GetAllocatedBytesForCurrentThread() - bytes, Made() - tensors);

                void Generate(int tokens)
                {
                    for (int token = 0; token < tokens; token++)
                    {
                        id = sampler.Next(session.FeedToken(id)).Id;
                    }
                }
            },
            TestContext.Current.CancellationToken);
    }

    private static long Made()
    {
        var counts = DisposeScopeManager.Statistics.TensorStatistics;
        return counts.CreatedInScopeCount + counts.CreatedOutsideScopeCount;
    }
}
