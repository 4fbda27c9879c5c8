using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Training;
using TorchSharp;

namespace LLoCO.Core.Tests.Runtime;

/// <summary>Counts the tensors of the whole process, so nothing else may run beside it.</summary>
[Collection(nameof(TensorLeakTests))]
[CollectionDefinition(nameof(TensorLeakTests), DisableParallelization = true)]
public sealed class TensorLeakTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CompressAndDecode_AgainAndAgain_LeaveNoTensorBehind()
    {
        await using var model = new GoldenModel("b_gqa");
        AutoCompressor compressor = model.Compressor();
        await using LlamaAnswerDecoder decoder = model.Decoder();

        // The first round fills the prefix cache and whatever else is made once.
        await RoundAsync(model, compressor, decoder);
        Collect();
        long before = await CountAsync(model);
        for (int round = 0; round < 3; round++)
        {
            await RoundAsync(model, compressor, decoder);
        }

        // Fewer would be tensors of earlier tests that were collected meanwhile.
        Assert.InRange(await CountAsync(model), 0, before);
    }

    [Fact]
    public async Task DisposeAsync_Model_ReleasesItsWeights()
    {
        Collect();
        long before = torch.Tensor.TotalCount;
        var model = new GoldenModel("b_gqa");
        await model.Loaded.Worker.RunAsync(() => { }, Token);
        Assert.True(torch.Tensor.TotalCount > before);

        await model.DisposeAsync();

        Assert.InRange(torch.Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void Write_OutsideOfAScope_LeavesNoTensorToTheCollector()
    {
        using torch.Tensor weight = torch.ones(3);
        Collect();
        long before = torch.Tensor.TotalCount;

        TensorLoader.Write(weight, _ => { });

        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void CompressorLearner_DocumentsOfManySegments_LeaveOnlyGradientsBehind()
    {
        LlamaConfig config = new()
        {
            VocabularySize = 40, HiddenSize = 32, IntermediateSize = 48, Layers = 2, Heads = 4, KeyValueHeads = 4,
            HeadDimension = 8, MaxPositions = 256, SummaryLength = 3, SegmentLength = 8,
        };
        using var model = new LlamaModel(LlamaWeights.Random(config, 5, torch.ScalarType.Float32, torch.CPU).AsParameters());
        var learner = new CompressorLearner(model, null, new CompressorTrainingOptions { ReconstructionWeight = 1 });
        SegmentedDocument document = new(
            [.. Enumerable.Range(0, 7).Select(place => new[] { 3 + place, 4, 5, 6 })], [new(new[] { 9 }, new[] { 8, 2 })]);

        // The first run gives each weight its gradient.
        learner.Run([document], CompressorTotals.Create([document]), learn: true);
        Collect();
        long before = torch.Tensor.TotalCount;
        for (int round = 0; round < 3; round++)
        {
            learner.Run([document], CompressorTotals.Create([document]), learn: true);
        }

        Assert.InRange(torch.Tensor.TotalCount, 0, before);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static async Task RoundAsync(GoldenModel model, AutoCompressor compressor, LlamaAnswerDecoder decoder)
    {
        await foreach (float[] summary in compressor.CompressAsync(model.Segments("int_segments"), default, Token))
        {
            Assert.NotEmpty(summary);
        }

        await foreach (DecodeStep step in decoder.DecodeAsync(model.Request("adapter"), Token))
        {
            Assert.InRange(step.TokenId, 0, 127);
        }

        // A reader that leaves early.
        await foreach (DecodeStep step in decoder.DecodeAsync(model.Request(null), Token))
        {
            Assert.Null(step.Finish);
            break;
        }
    }

    private static Task<long> CountAsync(GoldenModel model) =>
        model.Loaded.Worker.RunAsync(() => torch.Tensor.TotalCount, Token);
}
