using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tokenization;
using LLoCO.Training.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>Makes model folders for tests that run the whole path.</summary>
internal static class ModelFolders
{
    /// <summary>Copies a golden model, cut into segments of another length, with its adapter under a name.</summary>
    public static void CopyGolden(string from, string folder, int segmentLength, string adapter)
    {
        Directory.CreateDirectory(Path.Combine(folder, ModelPackage.AdaptersFolder, adapter));
        JsonNode config = JsonNode.Parse(File.ReadAllText(Goldens.Path(from, "model", "config.json")))!;
        config["segment_length"] = segmentLength;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        File.Copy(Goldens.Path(from, "model", "model.safetensors"), Path.Combine(folder, "model.safetensors"));
        foreach (string file in Directory.EnumerateFiles(Goldens.Path(from, "adapter")))
        {
            File.Copy(file, Path.Combine(folder, ModelPackage.AdaptersFolder, adapter, Path.GetFileName(file)));
        }
    }

    /// <summary>Makes a small model with random weights, its own tokenizer, a prompt and an adapter <c>ship</c>.</summary>
    public static void MakeRandom(string folder, int window = 128)
    {
        Directory.CreateDirectory(folder);
        using (FileStream vocabulary = File.Create(Path.Combine(folder, "tokenizer.model")))
        {
            SentencePieceTrainer.Train(
                ["The captain saw the storm.", "The mayor saw the market."],
                new SentencePieceTrainerOptions { VocabularySize = 300, MinimumCount = 1 },
                vocabulary);
        }

        var config = new LlamaConfig
        {
            VocabularySize = 300, HiddenSize = 32, IntermediateSize = 64, Layers = 2, Heads = 2, KeyValueHeads = 2,
            HeadDimension = 16,
            MaxPositions = window, SummaryLength = 2, SegmentLength = 16,
        };
        WriteModel(folder, config);
        using LoraAdapter adapter = LoraAdapter.Fresh("ship", config, 2, 4, [LoraTarget.Query, LoraTarget.Value], 3, CPU);
        string adapters = Path.Combine(folder, ModelPackage.AdaptersFolder, "ship");
        PeftAdapterFolder.Write(
            adapters,
            new PeftAdapterConfig { Rank = 2, Alpha = 4, TargetModules = ["q_proj", "v_proj"] },
            [.. adapter.Named().Select(entry => TensorLoader.Describe(entry.Name, entry.Weight))],
            (info, destination) => TensorLoader.Write(
                adapter.Named().Single(entry => entry.Name == info.Name).Weight, destination));
    }

    /// <summary>Makes a small model with random weights of Llama-3's kind: tiktoken vocabulary, grouped queries, tied head,
    /// llama3 rotary scaling, two end tokens.</summary>
    public static void MakeLlama3(string folder, byte[] vocabulary)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "tokenizer.model"), vocabulary);
        TiktokenFileTokenizer tokenizer = TiktokenFileTokenizer.Load(new MemoryStream(vocabulary));
        WriteModel(folder, new LlamaConfig
        {
            VocabularySize = tokenizer.VocabularySize, HiddenSize = 32, IntermediateSize = 64, Layers = 2, Heads = 4,
            KeyValueHeads = 2, HeadDimension = 8, RopeTheta = 500_000,
            RopeScaling = new RopeScaling(RopeScalingKind.Llama3, 8, 1, 4, 64),
            TieWordEmbeddings = true, MaxPositions = 256, SummaryLength = 2, SegmentLength = 16,
            BeginOfSequenceId = tokenizer.BeginOfSequenceId, EndOfSequenceIds = tokenizer.EndOfSequenceIds,
        });
    }

    private static void WriteModel(string folder, LlamaConfig config)
    {
        LlamaConfigFile.Write(Path.Combine(folder, "config.json"), config);
        File.WriteAllText(Path.Combine(folder, "lloco.json"), """{"prompt": "Question: {question} Answer:"}""");
        using LlamaWeights weights = LlamaWeights.Random(config, 7, ScalarType.Float32, CPU);
        Dictionary<string, Tensor> named = weights.Named().ToDictionary(entry => entry.Name, entry => entry.Weight);
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            [.. named.Select(entry => TensorLoader.Describe(entry.Key, entry.Value))],
            (info, destination) => TensorLoader.Write(named[info.Name], destination));
    }
}
