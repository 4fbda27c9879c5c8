using LLoCO.Core.Checkpoints;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using TorchSharp;

namespace LLoCO.Core.Tests.Runtime;

public sealed class LoadedModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("d_bf16", WeightPrecision.AsStored, torch.ScalarType.BFloat16)]
    [InlineData("d_bf16", WeightPrecision.Float32, torch.ScalarType.Float32)]
    [InlineData("a_mha", WeightPrecision.AsStored, torch.ScalarType.Float32)]
    [InlineData("a_mha", WeightPrecision.Float16, torch.ScalarType.Float16)]
    public async Task Open_Precision_IsThatOfAllWeightsAndAdaptersStayFloat32(
        string name, WeightPrecision precision, torch.ScalarType expected)
    {
        await using var model = new GoldenModel(name, precision);

        Assert.All(model.Loaded.Model.Weights.Named(), entry => Assert.Equal(expected, entry.Weight.dtype));
        Assert.All(
            model.Loaded.FindAdapter("adapter")!.Named(),
            entry => Assert.Equal(torch.ScalarType.Float32, entry.Weight.dtype));
    }

    [Fact]
    public async Task Open_Fingerprint_NamesModelTokenizerAndGeometry()
    {
        await using LoadedModel model = LoadedModel.Open(
            Goldens.Path("a_mha", "model"), LlocoDevice.Cpu, WeightPrecision.AsStored, "tok", Token);
        await using LoadedModel half = LoadedModel.Open(
            Goldens.Path("a_mha", "model"), LlocoDevice.Cpu, WeightPrecision.BFloat16, "tok", Token);

        Assert.Matches("^[0-9a-f]{64}/tok/1536:5/identity$", model.Fingerprint.ToString());
        Assert.Equal(model.Fingerprint, half.Fingerprint);
    }

    [Fact]
    public void Open_NoModel_NamesTheFile()
    {
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () =>
            {
                LoadedModel.Open(Goldens.Path("a_mha", "adapter"), LlocoDevice.Cpu, WeightPrecision.AsStored, "tok", Token);
            });

        Assert.EndsWith("config.json", error.File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAdapter_SameNameAgain_TakesItsPlace()
    {
        await using var model = new GoldenModel("a_mha");
        LLoCO.Core.Lora.LoraAdapter? first = model.Loaded.FindAdapter("adapter");

        model.Loaded.LoadAdapter("adapter", Goldens.Path("a_mha", "adapter_fresh"), model.Loaded.Fingerprint);

        Assert.NotSame(first, model.Loaded.FindAdapter("adapter"));
        Assert.Equal(["adapter"], model.Loaded.Adapters);
        first!.Dispose();
    }

    [Fact]
    public async Task DisposeAsync_Twice_IsFineAndLaterRequestsAreRefused()
    {
        var model = new GoldenModel("a_mha");
        await model.DisposeAsync();
        await model.Loaded.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (float[] summary in model.Compressor().CompressAsync([new[] { 1, 2 }], default, Token))
            {
                Assert.Fail("A disposed model gave a summary.");
            }
        });
    }
}
