using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tests.Tool;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Training;

/// <summary>A training that was stopped has the bits of one that was not, on as many of libtorch's threads. A thread that begins takes their
/// number from the process: another test that sets it meanwhile would be seen.</summary>
[CollectionDefinition(nameof(CompressorTrainerResumeTests), DisableParallelization = true)]
[Collection(nameof(CompressorTrainerResumeTests))]
public sealed class CompressorTrainerResumeTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private static readonly string Text =
        string.Concat(Enumerable.Range(0, 30).Select(_ => "The captain saw the storm. The mayor saw the market. "));

    private static readonly CompressorTrainingOptions Options = new()
    {
        LearningRate = 5e-3, WarmUp = 0, BatchSize = 4, Epochs = 4, MaxSteps = 8, CheckpointEvery = 3,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainAsync_Cancelled_GoesOnAndEndsTheSame()
    {
        await RunAsync("through", null);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync("stopped", stop));
        Assert.False(File.Exists(_folder.PathOf("stopped/model.safetensors")));
        await RunAsync("stopped", null);

        Assert.Equal(
            File.ReadAllBytes(_folder.PathOf("through/model.safetensors")),
            File.ReadAllBytes(_folder.PathOf("stopped/model.safetensors")));
    }

    private async Task RunAsync(string folder, CancellationTokenSource? stop)
    {
        TorchSharp.torch.set_num_threads(1);
        CompressorTrainer trainer = CompressorTrainer.FromModel(model.Folder, Options);
        await trainer.TrainAsync(
            CompressorCorpus.FromTexts(trainer.Tokenizer, [Text], 64),
            _folder.PathOf(folder),
            null,
            new ProgressList(step =>
            {
                if (step.Step == 4)
                {
                    stop?.Cancel();
                }
            }),
            stop?.Token ?? TestContext.Current.CancellationToken);
    }
}
