using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Families;

/// <summary>Every family and rotary rule without a file of reference numbers, compared with plain loops over doubles.</summary>
public sealed class PlainModelTests
{
    private const double Tolerance = 5e-4;

    private static readonly int[] Ids = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3];

    public static TheoryData<string> Cases => [.. PlainCases.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_EveryPass_GivesTheReferenceLogits(string name)
    {
        using var files = new PlainCheckpoint(PlainCases.Find(name));
        using LlamaModel model = files.Load();
        AssertPasses(model, files.Reference(), adapter: null);

        using LoraAdapter adapter = files.LoadAdapter(model.Config);
        AssertPasses(model, files.Reference(adapted: true), adapter);
        using LlamaModel merged = LoraMerge.Merge(model, adapter);
        AssertPasses(merged, files.Reference(adapted: true), adapter: null);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Next_Segments_GiveTheReferenceSummaries(string name)
    {
        using var files = new PlainCheckpoint(PlainCases.Find(name));
        using LlamaModel model = files.Load();
        PlainModel reference = files.Reference();
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var run = new CompressionRun(model, [], 4);
        double[][] earlier = [];

        // The third segment exceeds the original window of the longrope cases, the fourth does not.
        foreach (int[] segment in (int[][])[Ids[..5], Ids[5..10], Ids[9..17], Ids[..3]])
        {
            double[][] expected = reference.Compress(earlier, segment);

            AssertNear(expected, CompressionRun.Next(model, [(run, segment)])[0], Tolerance);
            earlier = [.. earlier, .. expected];
        }
    }

    /// <summary>The reference has the same rounded weights; bf16 has eight bits, and every layer rounds several times.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_BFloat16_IsNearTheReference(string name)
    {
        using var files = new PlainCheckpoint(PlainCases.Find(name), rounded: true);
        using LlamaModel model = files.Load(ScalarType.BFloat16);
        double[][] expected = files.Reference().Logits(Ids);
        double range = expected.SelectMany(row => row).Max(Math.Abs);
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using KernelDecoder kernels = KernelDecoder.Create(model, new DecodingOptions { Threads = 2 })!;
        using var session = new DecodeSession(model, null, Ids.Length + 1, kernels);

        AssertNear(expected, session.FeedTokens(Ids, all: true), 0.06 * range);

        AssertNear([files.Reference().Logits([.. Ids, 7])[^1]], session.FeedToken(7).ToArray(), 0.06 * range);
    }

    /// <summary>Parts of a fused matrix are quantized row by row, as whole ones are.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void FeedToken_Int8_IsNearTheReference(string name)
    {
        using var files = new PlainCheckpoint(PlainCases.Find(name));
        using LlamaModel model = files.Load();
        double[][] expected = files.Reference().Logits(Ids);
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using KernelDecoder kernels = KernelDecoder.Create(model, new DecodingOptions { Threads = 2, Weights = DecodeWeights.Int8 })!;
        using var session = new DecodeSession(model, null, Ids.Length, kernels);
        session.FeedTokens(Ids.AsSpan(0, Ids.Length - 1));

        AssertNear([expected[^1]], session.FeedToken(Ids[^1]).ToArray(), 0.06 * expected[^1].Max(Math.Abs));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Write_ConfigOfACase_DescribesTheSameModel(string name)
    {
        using var files = new PlainCheckpoint(PlainCases.Find(name));
        using LlamaModel model = files.Load();
        string path = Path.GetTempFileName();
        try
        {
            LlamaConfigFile.Write(path, model.Config);

            LlamaConfig again = LlamaConfigFile.Read(path);

            Assert.Equal(new CheckpointDigest(model.Config).Finish(), new CheckpointDigest(again).Finish());
            Assert.Equal(model.Config.MaxPositions, again.MaxPositions);
            Assert.Equal(model.Config.RopeScaling, again.RopeScaling);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void AssertPasses(LlamaModel model, PlainModel reference, LoraAdapter? adapter)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        double[][] whole = reference.Logits(Ids);
        AssertNear(whole, ForwardPasses.Operators(model, Ids, adapter), Tolerance);

        // A part sees what was fed before it: its logits are those of the sequence up to its end.
        using var read = new DecodeSession(model, adapter, Ids.Length);
        AssertNear(reference.Logits(Ids[..9]), read.FeedTokens(Ids.AsSpan(0, 9), all: true), Tolerance);
        AssertNear(whole[9..], read.FeedTokens(Ids.AsSpan(9), all: true), Tolerance);

        using KernelDecoder kernels = KernelDecoder.Create(model, new DecodingOptions { Threads = 2 })!;
        using var generated = new DecodeSession(model, adapter, Ids.Length, kernels);
        for (int place = 0; place < Ids.Length; place++)
        {
            AssertNear([reference.Logits(Ids[..(place + 1)])[^1]], generated.FeedToken(Ids[place]).ToArray(), Tolerance);
        }
    }

    internal static void AssertNear(double[][] expected, float[] actual, double tolerance)
    {
        double[] flat = [.. expected.SelectMany(row => row)];
        Assert.Equal(flat.Length, actual.Length);
        double largest = flat.Zip(actual, (left, right) => Math.Abs(left - right)).Max();
        Assert.True(largest < tolerance, $"differs by {largest}, more than {tolerance}");
    }
}
