using System.Diagnostics;
using System.Text.Json;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tokenization;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Runs one stage of <c>stages.json</c>, or goes on with it, and keeps its metrics as JSON lines.</summary>
internal static class StageRun
{
    internal const string TokenizerFile = "tokenizer.model";

    /// <summary>The linear layers that adapters adapt: the original's.</summary>
    internal static readonly LoraTarget[] Targets = [LoraTarget.Query, LoraTarget.Key, LoraTarget.Value, LoraTarget.Output];

    private const int ReportEvery = 25;
    private const int SaveEvery = 50;

    internal static int Run(string stagesFile, string name, string runs, TrainingData data, Device device)
    {
        StageFile plan = StageFile.Read(stagesFile);
        TrainingStage stage = plan.Stages.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new ArgumentException($"{stagesFile} has no stage '{name}'.");
        set_num_threads(1);
        ITokenizer tokenizer = SentencePieceTokenizer.Load(Path.Combine(runs, TokenizerFile));
        LlamaConfig config = plan.Model.ToConfig(tokenizer.VocabularySize);
        LlamaWeights start = stage.From is null
            ? Fresh(plan.Model, config, device)
            : StageCheckpoint.LoadModel(Path.Combine(runs, stage.From), config, plan.Model.Type, device, StageTrainer.MapName);
        using var model = new LlamaModel(stage.Adapter is null ? start.AsParameters() : start);
        using LoraAdapter? adapter = stage.Adapter is null
            ? null
            : LoraAdapter.Fresh(stage.Adapter, config, stage.Rank, stage.Alpha, Targets, stage.DataSeed, device).AsParameters();
        if (adapter is not null && stage.FromAdapter is not null)
        {
            StageCheckpoint.LoadInto(Path.Combine(runs, stage.FromAdapter), adapter.Named());
        }

        using Tensor? map = Projector(stage, runs, config.HiddenSize, device);
        using var trainer = new StageTrainer(
            stage, model, adapter, new StageExamples(stage, tokenizer, data, config.SummaryLength), map);
        string folder = Path.Combine(runs, stage.Name);
        if (StageCheckpoint.Exists(folder))
        {
            StageCheckpoint.Restore(folder, trainer.Trained, trainer.Optimizer);
        }

        Directory.CreateDirectory(folder);
        Train(stage, trainer, folder);
        return 0;
    }

    private static LlamaWeights Fresh(ModelShape shape, LlamaConfig config, Device device)
    {
        LlamaWeights weights = LlamaWeights.Random(config, shape.Seed, shape.Type, device);
        if (shape.LookUpStart)
        {
            LookUpStart.Write(weights, shape.Seed);
        }

        return weights;
    }

    /// <summary>The projector of the stage before, or the identity.</summary>
    internal static Tensor? Projector(TrainingStage stage, string runs, int width, Device device)
    {
        if (!stage.Projector)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor start = eye(width, dtype: ScalarType.Float32, device: device).Times(stage.ProjectorStart);
        if (stage.From is not null && StageCheckpoint.Has(Path.Combine(runs, stage.From), StageTrainer.MapName))
        {
            StageCheckpoint.LoadInto(Path.Combine(runs, stage.From), [(StageTrainer.MapName, start)]);
        }

        return new TorchSharp.Modules.Parameter(start, requires_grad: stage.Adapter is null).DetachFromDisposeScope();
    }

    private static void Train(TrainingStage stage, StageTrainer trainer, string folder)
    {
        var clock = Stopwatch.StartNew();
        var window = new List<StepResult>();
        int last = stage.StopAfter ?? stage.Steps;
        while (trainer.Optimizer.Steps < last)
        {
            window.Add(trainer.Step());
            long step = trainer.Optimizer.Steps;
            bool learned = false;
            if (step % ReportEvery == 0 || step == last)
            {
                Report(folder, step, trainer.Rate(step), window, clock.Elapsed.TotalSeconds);
                learned = step > stage.WarmUp && LookedUp(stage, window) >= stage.Until;
                window.Clear();
                clock.Restart();
            }

            last = learned ? (int)step : last;
            if (step % SaveEvery == 0 || step == last)
            {
                StageCheckpoint.Save(folder, trainer.Trained, trainer.Optimizer);
            }
        }
    }

    private static void Report(string folder, long step, double rate, List<StepResult> window, double seconds)
    {
        string line = JsonSerializer.Serialize(
            new
            {
                step,
                rate,
                loss = Math.Round(window.Average(result => result.Loss), 4),
                raw = Share(window.Where(result => result.Raw)),
                summary = Share(window.Where(result => !result.Raw)),
                tokensPerSecond = Math.Round(window.Sum(result => result.Tokens) / seconds),
                seconds = Math.Round(seconds, 1),
            });
        File.AppendAllText(Path.Combine(folder, "metrics.jsonl"), line + "\n");
        Console.WriteLine(line);
    }

    /// <summary>The share of facts found, behind summaries where the stage has them.</summary>
    internal static double LookedUp(TrainingStage stage, IEnumerable<StepResult> results)
    {
        (long Right, long Asked)[] counts = [.. results.Where(result => result.Raw == (stage.RawShare == 1))
            .SelectMany(result => result.Kinds).Where(kind => !kind.Key.EndsWith('+')).Select(kind => kind.Value)];
        return counts.Length == 0 ? 0 : (double)counts.Sum(count => count.Right) / counts.Sum(count => count.Asked);
    }

    private static SortedDictionary<string, double> Share(IEnumerable<StepResult> results) => new(
        results.SelectMany(result => result.Kinds).GroupBy(kind => kind.Key).ToDictionary(
            kind => kind.Key,
            kind => Math.Round((double)kind.Sum(count => count.Value.Right) / kind.Sum(count => count.Value.Asked), 4)),
        StringComparer.Ordinal);
}
