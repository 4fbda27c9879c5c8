using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Lora;
using LLoCO.Core.Projection;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Trust;
using LLoCO.Training;

namespace LLoCO.Core.Tests.Fuzzing.Readers;

/// <summary>The readers of a model's and an adapter's files.</summary>
internal static class CheckpointReaders
{
    private static readonly ModelFingerprint Maker = new("model", "tokenizer", 1536, 5, "identity");

    public static IReadOnlyList<ForeignReader> All { get; } =
    [
        new("safetensors", OpenSafetensors, TensorFileDamage.Header),
        new("torch", OpenTorch, TensorFileDamage.Pickle),
        new("summary-cache", OpenSummaryCache, TensorFileDamage.Pickle),
        new("config", OpenConfig, JsonDamage.Whole),
        new("shard-index", _ => Simple(
            "model.safetensors.index.json", path => ShardIndex.Read(path), Goldens.Path("c_rope", "model", "model.safetensors.index.json")),
            JsonDamage.Whole),
        new("generation-config", OpenGenerationConfig, JsonDamage.Whole),
        new("peft-config", _ => Simple(
            "adapter_config.json", path => PeftAdapterConfigFile.Read(path), PeftConfigs()), JsonDamage.Whole),
        new("peft-weights", OpenPeftWeights, TensorFileDamage.Header),
        new("peft-prefix-config", OpenPrefixConfig, JsonDamage.Whole),
        new("peft-prefix-weights", OpenPrefixWeights, TensorFileDamage.Header),
        new("icae", OpenIcae, TensorFileDamage.Header),
        new("lclm-config", OpenLclm, JsonDamage.Whole),
        new("fingerprint", OpenFingerprint),
        new("prompt-settings", OpenPromptSettings, JsonDamage.Whole),
        new("calibration", OpenCalibration, JsonDamage.Whole),
        new("projector", OpenProjector, TensorFileDamage.Header),
    ];

    public static OpenedReader Simple(string file, Action<string> read, params IEnumerable<string> seeds) =>
        new(file, [.. seeds.Select(File.ReadAllBytes)], read);

    private static IEnumerable<string> PeftConfigs() => Directory.EnumerateFiles(
        Cases.Path("."), "adapter_config.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Where(file => Readable(() => PeftAdapterConfigFile.Read(file)));

    private static bool Readable(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (LlocoException)
        {
            return false;
        }
    }

    private static OpenedReader OpenSafetensors(FuzzFolder folder) => Simple(
        "model.safetensors",
        path =>
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            ReadAll(file);
        },
        Cases.Path("00-plain", "model", "model.safetensors"),
        Cases.Path("adapter-reference", "adapter", "adapter_model.safetensors"));

    private static OpenedReader OpenTorch(FuzzFolder folder) => Simple(
        "pytorch_model.bin",
        path =>
        {
            using TorchArchive file = TorchArchive.Open(path);
            ReadAll(file);
        },
        Path.Combine(AppContext.BaseDirectory, "TestData", "torch", "protocol2.pth"),
        Path.Combine(AppContext.BaseDirectory, "TestData", "torch", "protocol4.pth"));

    private static void ReadAll(ITensorSource source)
    {
        foreach (TensorInfo tensor in source.Tensors.Values)
        {
            source.CopyTo(tensor.Name, _ => { });
        }
    }

    private static OpenedReader OpenSummaryCache(FuzzFolder folder) => Simple(
        "softprompts.pth",
        path =>
        {
            using SummaryCacheFile cache = SummaryCacheFile.Open(path, Maker);
            foreach (string id in cache.DocumentIds)
            {
                SummaryPayload.FindNonFinite(cache.Read(id));
            }
        },
        Goldens.Path("b_gqa", "softprompts.pth"),
        Goldens.Path("d_bf16", "softprompts.pth"));

    private static OpenedReader OpenConfig(FuzzFolder folder) => Simple(
        "config.json",
        path => LlamaConfigFile.Read(path),
        [
            Cases.Path("00-plain", "model", "config.json"), Goldens.Path("c_rope", "model", "config.json"),
            .. ((string[])["gemma3", "granite", "llama32", "mistral", "qwen2", "qwen3", "smollm3"]).Select(
                family => Path.Combine(AppContext.BaseDirectory, "TestData", "families", family, "model", "config.json")),
        ]);

    private static OpenedReader OpenGenerationConfig(FuzzFolder folder) => Simple(
        "generation_config.json",
        path => EndTokens.Read(Path.GetDirectoryName(path)!, 64),
        Goldens.Path("a_mha", "model", "generation_config.json"));

    private static OpenedReader OpenPeftWeights(FuzzFolder folder)
    {
        string from = Cases.Path("adapter-reference", "adapter");
        File.Copy(Path.Combine(from, "adapter_config.json"), folder.PathOf("adapter_config.json"));
        return Simple(
            "adapter_model.safetensors",
            path =>
            {
                using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Path.GetDirectoryName(path)!);
            },
            Path.Combine(from, "adapter_model.safetensors"));
    }

    private static OpenedReader OpenPrefixConfig(FuzzFolder folder)
    {
        using var made = new CartridgeFolder();
        using var older = new CartridgeFolder(kind: "PREFIX_TUNING");
        File.Copy(made.Weights, folder.PathOf("adapter_model.safetensors"));
        return Simple("adapter_config.json", OpenPrefix, made.Config, older.Config);
    }

    private static OpenedReader OpenPrefixWeights(FuzzFolder folder)
    {
        using var made = new CartridgeFolder();
        File.Copy(made.Config, folder.PathOf("adapter_config.json"));
        return Simple("adapter_model.safetensors", OpenPrefix, made.Weights);
    }

    private static OpenedReader OpenIcae(FuzzFolder folder)
    {
        PublishedFolders.WriteIcae(folder.PathOf("whole"));
        return Simple(
            "mistral_7b_ft_icae.safetensors",
            path =>
            {
                using IcaeFile file = IcaeFile.Open(path);
            },
            PublishedFolders.IcaeFile(folder.PathOf("whole")));
    }

    private static OpenedReader OpenLclm(FuzzFolder folder) => new(
        LclmFolder.ConfigName,
        [
            """
            {"compression_ratio": 16, "encoder_window_size": 1024, "pooling": "mean", "encoder_mask_type": "causal", "boundary_overlap": 0,
             "adapter_type": "mlp"}
            """u8.ToArray(),
        ],
        path => LclmFolder.Read(Path.GetDirectoryName(path)!));

    private static void OpenPrefix(string path)
    {
        using PeftPrefixFolder prefix = PeftPrefixFolder.Open(Path.GetDirectoryName(path)!);
    }

    private static OpenedReader OpenFingerprint(FuzzFolder folder)
    {
        var seed = new ModelFingerprint("0123abcd", "4567ef", 1536, 50, "identity");
        return new(
            LoraAdapterFolder.FingerprintFile,
            [System.Text.Encoding.UTF8.GetBytes(seed + "\n")],
            path => LoraAdapterFolder.ReadFingerprint(Path.GetDirectoryName(path)!));
    }

    private static OpenedReader OpenPromptSettings(FuzzFolder folder) => new(
        PromptSettings.FileName,
        [
            """
            {"prompt": "Q {question} A", "prompts": {"ship": "S {question}"},
             "training": {"learning_rate": 0.001, "final_rate": 0.1, "epochs": 3, "batch_size": 4, "questions_per_prefix": 2, "dropout": 0.1}}
            """u8.ToArray(),
        ],
        path =>
        {
            string model = Path.GetDirectoryName(path)!;
            PromptSettings.Read(model);
            ModelTrainingDefaults.Read(model);
        });

    private static OpenedReader OpenCalibration(FuzzFolder folder)
    {
        List<(AnswerConfidence, bool)> answers =
            [.. Enumerable.Range(1, 9).Select(i => (new AnswerConfidence(i / 10.0, 1), i % 3 > 0))];
        new CalibrationFile
        {
            Fingerprint = Maker,
            Contexts = new Dictionary<string, CalibrationEntry>
            {
                ["summary"] = new(ConfidenceCalibration.Fit(answers), 9, 0.2, 0.1),
                ["none"] = new(ConfidenceCalibration.Fit(answers, CalibrationMethod.Isotonic), 9, 0.2, 0.05),
            },
        }.Write(folder.Path);
        byte[] seed = File.ReadAllBytes(folder.PathOf(CalibrationFile.FileName));
        return new(CalibrationFile.FileName, [seed], path =>
        {
            CalibrationFile file = CalibrationFile.Read(Path.GetDirectoryName(path)!)!;
            foreach (CalibrationEntry entry in file.Contexts.Values)
            {
                double? applied = entry.Calibration.Apply(new AnswerConfidence(0.3, 0.6));
                Assert.InRange(applied ?? 0, 0, 1);
            }
        });
    }

    private static OpenedReader OpenProjector(FuzzFolder folder)
    {
        string path = folder.PathOf("projector.safetensors");
        byte[] linear = Write(("projector.weight", [3, 2]), ("projector.bias", [3]));
        byte[] mlp = Write(
            ("projector.0.weight", [3, 2]), ("projector.0.bias", [3]), ("projector.2.weight", [2, 3]), ("projector.2.bias", [2]));
        return new("projector.safetensors", [linear, mlp], file =>
        {
            using SafetensorsFile source = SafetensorsFile.Open(file);
            ISummaryProjector projector = ProjectorFile.Load(source, file);
            using var disposable = (IDisposable)projector;
            projector.Project(new float[projector.InputWidth]);
        });

        byte[] Write(params (string Name, long[] Shape)[] layers)
        {
            SafetensorsWriter.Write(
                path,
                [.. layers.Select(layer => new TensorInfo(
                    layer.Name, ElementType.Float32, layer.Shape, 4 * layer.Shape.Aggregate(1L, (all, size) => all * size)))],
                (info, destination) => destination(new byte[info.ByteLength]));
            return File.ReadAllBytes(path);
        }
    }
}
