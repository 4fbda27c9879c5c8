using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;
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

    private static readonly TrainingStage OpenStage =
        Stage with { OpenShare = 1, Projector = true, Reads = 2, RestoreShare = 0.5 };

    [Theory]
    [InlineData(false, ScalarType.Float32)]
    [InlineData(true, ScalarType.Float32)]
    [InlineData(true, ScalarType.BFloat16)]
    public void Step_InterruptedRun_EndsWithTheSameWeights(bool open, ScalarType type)
    {
        TrainingStage stage = open ? OpenStage : Stage;
        string folder = Directory.CreateTempSubdirectory("lloco-stage-").FullName;
        try
        {
            set_num_threads(1);
            float[] through = Train(stage, type, 6, save: null, restore: null);
            Train(stage, type, 3, save: folder, restore: null);
            float[] resumed = Train(stage, type, 6, save: null, restore: folder);

            Assert.Equal(through, resumed);
            Assert.NotEqual(through, Train(stage, type, 5, save: null, restore: null));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Step_Projector_IsTrained()
    {
        using var model = new LlamaModel(Weights().AsParameters());
        using Tensor map = new TorchSharp.Modules.Parameter(eye(16), true);
        using var trainer = Trainer(OpenStage with { RawShare = 0 }, model, null, map);

        StepResult step = trainer.Step();

        Assert.True(step.Kinds["open"].Asked > 0 && step.Kinds["open+"].Asked > 0);
        Assert.Contains(trainer.Trained, entry => entry.Name == "projector.weight");
        Assert.NotEqual(eye(16).data<float>().ToArray(), Numbers([("map", map)]));
    }

    [Fact]
    public void Compressed_ReadTwice_IsTheSummaryBehindItsOwn()
    {
        using DisposeScope scope = NewDisposeScope();
        using var model = new LlamaModel(Weights());
        using var trainer = Trainer(OpenStage, model, null);
        SegmentBatch segment = SegmentBatch.From([[300, 301, 302]]);

        Tensor twice = trainer.Compress([segment]);

        Tensor all = new SummaryLearner(model).Compress([segment, segment]);
        Assert.Equal(Numbers([("last", all.narrow(1, 2, 2).contiguous())]), Numbers([("twice", twice.contiguous())]));
    }

    [Fact]
    public void LookedUp_MixedSteps_CountsFirstPiecesBehindSummaries()
    {
        var raw = new StepResult(true, 1, new Dictionary<string, (long, long)> { ["open"] = (10, 10) }, 1);
        var summary = new StepResult(false, 1, new Dictionary<string, (long, long)> { ["open"] = (1, 4), ["open+"] = (9, 9) }, 1);

        Assert.Equal(0.25, StageRun.LookedUp(Stage, [raw, summary]));
        Assert.Equal(1, StageRun.LookedUp(Stage with { RawShare = 1 }, [raw, summary]));
        Assert.Equal(0, StageRun.LookedUp(Stage, [raw]));
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

    private static float[] Train(TrainingStage stage, ScalarType type, int until, string? save, string? restore)
    {
        using var model = new LlamaModel(Weights(type).AsParameters());
        using Tensor? map = stage.Projector ? new TorchSharp.Modules.Parameter(eye(16), true) : null;
        using var trainer = Trainer(stage, model, null, map);
        IReadOnlyList<(string Name, Tensor Weight)> weights = trainer.Trained;
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

    private static StageTrainer Trainer(TrainingStage stage, LlamaModel model, LoraAdapter? adapter, Tensor? map = null) => new(
        stage, model, adapter,
        stage.OpenShare > 0
            ? new OpenExamples(Tokenizer(), OpenExampleOptions.For(stage), OpenLexicon.OfClosedCorpus())
            : new SynthExamples(Tokenizer(), SynthExampleOptions.For(stage)),
        map);

    private static float[] Numbers(IEnumerable<(string Name, Tensor Weight)> weights) =>
        weights.SelectMany(weight => weight.Weight.detach().to(ScalarType.Float32).data<float>().ToArray()).ToArray();

    private static SentencePieceTokenizer Tokenizer() =>
        SentencePieceTokenizer.Load(Path.Combine(TinyModel.Package.Folder, "tokenizer.model"));

    private static LlamaWeights Weights(ScalarType type = ScalarType.Float32) => LlamaWeights.Random(
        new LlamaConfig
        {
            VocabularySize = Tokenizer().VocabularySize, HiddenSize = 16, IntermediateSize = 24, Layers = 1, Heads = 2,
            KeyValueHeads = 2,
            HeadDimension = 8, MaxPositions = 256, TieWordEmbeddings = true, SummaryLength = 2, SegmentLength = 32,
        },
        seed: 4,
        type,
        CPU);
}
