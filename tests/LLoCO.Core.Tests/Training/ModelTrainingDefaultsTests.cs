using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using LLoCO.Training;
using Xunit;

namespace LLoCO.Core.Tests.Training;

public sealed class ModelTrainingDefaultsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_NoFile_GivesTheOriginalsSettings()
    {
        AdapterTrainingOptions options = ModelTrainingDefaults.Read(_folder.PathOf("none"));

        Assert.Equal((8, 16, 0.05, 2e-5), (options.Rank, options.Alpha, options.Dropout, options.LearningRate));
        Assert.Equal((3, 8, 0.04, 0.0), (options.Epochs, options.BatchSize, options.WarmUp, options.WeightDecay));
    }

    [Fact]
    public void Read_TrainingObject_TakesItsKeys()
    {
        File.WriteAllText(
            _folder.PathOf("lloco.json"),
            """{"prompt": "{question}", "training": {"learning_rate": 0.003, "epochs": 8, "questions_per_prefix": 32}}""");

        AdapterTrainingOptions options = ModelTrainingDefaults.Read(_folder.PathOf("."));

        Assert.Equal((0.003, 8, 32, 8), (options.LearningRate, options.Epochs, options.QuestionsPerPrefix, options.BatchSize));
    }

    [Fact]
    public void ReadBase_NoKey_TakesDocumentsOneByOneAsTheyAreReadLater()
    {
        CompressorTrainingOptions options = ModelTrainingDefaults.ReadBase(_folder.PathOf("none"));

        Assert.Equal((1, 8, 3, 2e-5), (options.BatchSize, options.AccumulationSteps, options.Epochs, options.LearningRate));
        Assert.True(options.SegmentsAsRead);
    }

    [Fact]
    public void ReadBase_TrainingBaseObject_TakesItsKeys()
    {
        File.WriteAllText(
            _folder.PathOf("lloco.json"),
            """{"training": {"epochs": 9}, "training_base": {"learning_rate": 0.001, "epochs": 40, "batch_size": 12, "language_weight": 0.5}}""");

        CompressorTrainingOptions options = ModelTrainingDefaults.ReadBase(_folder.PathOf("."));

        Assert.Equal((12, 1, 40, 0.001, 0.5), (options.BatchSize, options.AccumulationSteps, options.Epochs, options.LearningRate, options.LanguageWeight));
    }

    [Fact]
    public void Read_ValueOutOfRange_IsRefusedWithItsKey()
    {
        File.WriteAllText(_folder.PathOf("lloco.json"), """{"training": {"learning_rate": 7}}""");

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => ModelTrainingDefaults.Read(_folder.PathOf(".")));

        Assert.Contains("training.learning_rate", error.Message, StringComparison.Ordinal);
    }
}
