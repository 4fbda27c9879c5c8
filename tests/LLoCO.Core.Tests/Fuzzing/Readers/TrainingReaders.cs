using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Tool.Verbs.Train;
using LLoCO.Tool.Verification;
using LLoCO.Training;
using LLoCO.Training.Probing;
using LLoCO.Training.SelfStudy;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Fuzzing.Readers;

/// <summary>The readers of what training leaves and goes on from, and of reference cases.</summary>
internal static class TrainingReaders
{
    /// <summary>A file of fifty scenarios in place of one is right, and each is computed.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<ForeignReader> All { get; } =
    [
        new("training-state", OpenState, TensorFileDamage.Header),
        new("training-metrics", OpenMetrics, JsonDamage.Lines),
        new("study-cache", OpenStudyCache, JsonDamage.Lines),
        new("study-prompts", OpenStudyPrompts, JsonDamage.Whole),
        new("golden-scenarios", folder => OpenGolden(folder, GoldenVerifier.ScenarioFile), JsonDamage.Whole) { Longest = Longest },
        new("golden-tensors", folder => OpenGolden(folder, "goldens.safetensors"), TensorFileDamage.Header) { Longest = Longest },
    ];

    private static OpenedReader OpenState(FuzzFolder folder)
    {
        (string Name, Tensor Weight)[] weights = [("a", folder.Own(ones(3, 2))), ("b", folder.Own(zeros(4)))];
        AdamWOptimizer optimizer = folder.Own(new AdamWOptimizer(weights));
        var training = new TrainingFolder(folder.PathOf("result"));
        var note = new TrainingNote("0123", 4, null, 1, 0.25, Ended: false);
        StageCheckpoint.SaveState(training.StateFile, weights, optimizer, TrainingFolder.ToText(note));
        byte[] seed = File.ReadAllBytes(training.StateFile);
        return new(Path.GetRelativePath(folder.Path, training.StateFile), [seed], path =>
        {
            training.Find();
            StageCheckpoint.RestoreState(path, weights, optimizer);
        });
    }

    private static OpenedReader OpenMetrics(FuzzFolder folder)
    {
        var training = new TrainingFolder(folder.PathOf("result"));
        byte[] seed = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 6).Select(step =>
            $$"""{"step": {{step}}, "loss": 0.5, "learning_rate": 0.1}""" + "\n")) + "{\"step\": 6, \"validation_loss\": 0.25}\n");
        return new(Path.Combine("result", TrainingFiles.Folder, TrainingFiles.Metrics), [seed], path =>
        {
            (List<(double Step, double Loss)> losses, _) = LossChart.Read(path);
            training.KeepMetrics(4);
            if (losses.Count < 6)
            {
                throw new LlocoException("lines were passed over");
            }
        });
    }

    private static OpenedReader OpenStudyCache(FuzzFolder folder)
    {
        string path = folder.PathOf("cache.jsonl");
        using (StudyCache cache = StudyCache.Open(path))
        {
            cache.Add("one", [new("Größe? \"5\"\n", [new ReplyToken(4, 0, -0.125f, [4, 9], [-0.125f, -2.5f])]), new("ein Text")]);
            cache.Add("two", []);
        }

        return new("cache.jsonl", [File.ReadAllBytes(path)], file =>
        {
            using StudyCache cache = StudyCache.Open(file);
            cache.Find("one");
        });
    }

    private static OpenedReader OpenStudyPrompts(FuzzFolder folder) => new(
        "prompts.json",
        [
            Encoding.UTF8.GetBytes(
                $$"""[{"name": "a", "text": "Read {{StudyPrompt.ChunkMark}} and ask.", "question": "Why?", "greedy_after": "x", "extractive": true}]"""),
        ],
        path => StudyPromptFile.Named(path));

    /// <summary>A case is damaged and run again with a model that stays loaded; each seed has one scenario.</summary>
    private static OpenedReader OpenGolden(FuzzFolder folder, string damaged)
    {
        const string Case = "d_bf16";
        string model = Goldens.Path(Case, "model");
        foreach (string file in (string[])["goldens.json", "goldens.safetensors", "softprompts.pth"])
        {
            File.Copy(Goldens.Path(Case, file), folder.PathOf(file));
        }

        ModelProbe loaded = ModelProbe.Open(model, LlocoDevice.Cpu, WeightPrecision.Float32, "golden");
        loaded.LoadAdapter("adapter", Goldens.Path(Case, "adapter"));
        folder.Own(new Ending(loaded));
        IReadOnlyList<byte[]> scenarios = [.. Scenarios(File.ReadAllBytes(folder.PathOf("goldens.json")))];
        bool json = damaged == GoldenVerifier.ScenarioFile;
        File.WriteAllBytes(folder.PathOf("goldens.json"), scenarios[^1]);
        return new(damaged, json ? scenarios : [File.ReadAllBytes(folder.PathOf(damaged))], _ =>
            GoldenVerifier.VerifyAsync(folder.Path, model, loaded, CancellationToken.None).GetAwaiter().GetResult());
    }

    private static IEnumerable<byte[]> Scenarios(byte[] file)
    {
        string[] lists = ["sft", "caches", "prompts", "compress"];
        JsonObject whole = JsonNode.Parse(file)!.AsObject();
        foreach (string list in lists)
        {
            foreach (JsonNode? scenario in whole[list]!.AsArray())
            {
                JsonObject one = whole.DeepClone().AsObject();
                foreach (string other in lists)
                {
                    one[other] = other == list ? new JsonArray(scenario!.DeepClone()) : new JsonArray();
                }

                one["adapters"] = new JsonArray();
                yield return JsonSerializer.SerializeToUtf8Bytes(one);
            }
        }
    }

    private sealed class Ending(ModelProbe model) : IDisposable
    {
        public void Dispose() => model.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
