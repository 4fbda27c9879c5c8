using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tokenization;
using LLoCO.Models.Tiny;
using LLoCO.Models.Tiny.Training;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Models;

public sealed class StageTrainerTests
{
    private static readonly TrainingStage Stage = new()
    {
        Name = "test", Steps = 6, WarmUp = 2, RawShare = 0.3, RawSegments = 1, MaxSegments = 3, SegmentLength = 32,
        TokensPerFact = 12,
        Items = 4, BatchSegments = 6, PooledShare = 0.3, MiddleNameShare = 0.5, FinalRate = 0.1,
    };

    [Fact]
    public void Step_InterruptedRun_EndsWithTheSameWeights()
    {
        string folder = Directory.CreateTempSubdirectory("lloco-stage-").FullName;
        try
        {
            set_num_threads(1);
            float[] through = Train(6, save: null, restore: null);
            Train(3, save: folder, restore: null);
            float[] resumed = Train(6, save: null, restore: folder);

            Assert.Equal(through, resumed);
            Assert.NotEqual(through, Train(5, save: null, restore: null));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Step_Adapter_LeavesTheBaseAsItWas()
    {
        using var model = new LlamaModel(Weights());
        float[] before = Numbers(model.Weights.Named());
        LoraTarget[] targets = [LoraTarget.Query, LoraTarget.Value];
        using LoraAdapter adapter = LoraAdapter.Fresh("town", model.Config, 2, 4, targets, 3, CPU).AsParameters();
        float[] fresh = Numbers(adapter.Named());
        using var trainer = Trainer(Stage with { Adapter = "town", Group = "town", QuestionShare = 1 }, model, adapter);

        StepResult first = trainer.Step();
        trainer.Step();

        Assert.True(first.Kinds["synth"].Asked > 0 && float.IsFinite(first.Loss));
        Assert.Equal(before, Numbers(model.Weights.Named()));
        Assert.NotEqual(fresh, Numbers(adapter.Named()));
    }

    [Fact]
    public void Rate_WarmUpAndCosine_FollowTheSchedule()
    {
        using var model = new LlamaModel(Weights().AsParameters());
        using var trainer = Trainer(Stage with { LearningRate = 1, Steps = 100, WarmUp = 10 }, model, null);

        // Worked by hand: a tenth after the first step of ten; halfway 0.1 + 0.9 / 2; at the end the final rate.
        Assert.Equal(0.1, trainer.Rate(0), 1e-9);
        Assert.Equal(0.55, trainer.Rate(50), 1e-9);
        Assert.Equal(0.1, trainer.Rate(100), 1e-9);
    }

    private static float[] Train(int until, string? save, string? restore)
    {
        using var model = new LlamaModel(Weights().AsParameters());
        using var trainer = Trainer(Stage, model, null);
        (string Name, Tensor Weight)[] weights = model.Weights.Named().ToArray();
        if (restore is not null)
        {
            StageCheckpoint.Restore(restore, weights, trainer.Optimizer);
        }

        while (trainer.Optimizer.Steps < until)
        {
            trainer.Step();
        }

        if (save is not null)
        {
            StageCheckpoint.Save(save, weights, trainer.Optimizer);
        }

        return Numbers(weights);
    }

    private static StageTrainer Trainer(TrainingStage stage, LlamaModel model, LoraAdapter? adapter) =>
        new(stage, model, adapter, new SynthExamples(Tokenizer(), SynthExampleOptions.For(stage)));

    private static float[] Numbers(IEnumerable<(string Name, Tensor Weight)> weights) =>
        weights.SelectMany(weight => weight.Weight.detach().data<float>().ToArray()).ToArray();

    private static SentencePieceTokenizer Tokenizer() =>
        SentencePieceTokenizer.Load(Path.Combine(TinyModel.Package.Folder, "tokenizer.model"));

    private static LlamaWeights Weights() => LlamaWeights.Random(
        new LlamaConfig
        {
            VocabularySize = Tokenizer().VocabularySize, HiddenSize = 16, IntermediateSize = 24, Layers = 1, Heads = 2,
            KeyValueHeads = 2,
            HeadDimension = 8, MaxPositions = 256, TieWordEmbeddings = true, SummaryLength = 2, SegmentLength = 32,
        },
        seed: 4,
        ScalarType.Float32,
        CPU);
}
