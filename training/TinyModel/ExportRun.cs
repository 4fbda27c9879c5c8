using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Core;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Writes the model folder that the package embeds: base, tokenizer, prompt and adapters.</summary>
internal static class ExportRun
{
    internal static async Task<int> RunAsync(string stagesFile, string baseStage, string runs, string folder)
    {
        StageFile plan = StageFile.Read(stagesFile);
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Load(Path.Combine(runs, StageRun.TokenizerFile));
        LlamaConfig config = plan.Model.ToConfig(tokenizer.VocabularySize);
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(runs, StageRun.TokenizerFile), Path.Combine(folder, StageRun.TokenizerFile), overwrite: true);
        LlamaConfigFile.Write(Path.Combine(folder, LlamaConfigFile.FileName), config);
        File.WriteAllText(
            Path.Combine(folder, "lloco.json"),
            JsonSerializer.Serialize(new
            {
                prompt = SynthExamples.Prompt("{question}"),
                training = new
                {
                    learning_rate = 3e-3, final_rate = 0.05, epochs = 8, batch_size = 64, questions_per_prefix = 32, dropout = 0,
                },
                training_base = new { learning_rate = 1e-3, final_rate = 0.05, epochs = 80, batch_size = 12, language_weight = 0.1 },
                answer_after = plan.Stages.Where(stage => stage.Adapter is not null && stage.From == baseStage && stage.BabiWritten)
                    .Select(stage => stage.Adapter!).Distinct().ToDictionary(adapter => adapter, _ => BabiExamples.Mark),
            }) + "\n");
        using (LlamaWeights weights = StageCheckpoint.LoadModel(Path.Combine(runs, baseStage), config, besides: StageTrainer.MapName))
        {
            StageCheckpoint.WriteTensors(
                Path.Combine(folder, "model.safetensors"),
                weights.Named().ToArray(),
                new Dictionary<string, string> { ["format"] = "pt" });
        }

        string baseFolder = Path.Combine(runs, baseStage);
        if (StageCheckpoint.Has(baseFolder, StageTrainer.MapName))
        {
            using Tensor map = eye(config.HiddenSize, dtype: ScalarType.Float32);
            StageCheckpoint.LoadInto(baseFolder, [(StageTrainer.MapName, map)]);
            StageCheckpoint.WriteTensors(Path.Combine(folder, "projector.safetensors"), [(StageTrainer.MapName, map)], null);
        }

        await using LoadedModel model = LoadedModel.Open(
            folder, LlocoDevice.Cpu, LLoCO.Core.WeightPrecision.Float32, tokenizer.Fingerprint);

        // An adapter may have been trained in several rounds on this base: the last one counts.
        foreach (TrainingStage stage in plan.Stages.Where(stage => stage.Adapter is not null && stage.From == baseStage)
            .GroupBy(stage => stage.Adapter).Select(rounds => rounds.Last()))
        {
            using LoraAdapter adapter = Load(stage, config, Path.Combine(runs, stage.Name));
            string target = Path.Combine(folder, "adapters", stage.Adapter!);
            LoraAdapterFolder.Save(target, adapter, "LLoCO.Models.Tiny", model.Fingerprint);
        }

        return 0;
    }

    private static LoraAdapter Load(TrainingStage stage, LlamaConfig config, string folder)
    {
        LoraAdapter adapter = LoraAdapter.Fresh(
            stage.Adapter!, config, stage.Rank, stage.Alpha, StageRun.Targets, stage.DataSeed, CPU);
        StageCheckpoint.LoadInto(folder, adapter.Named());
        return adapter;
    }
}
